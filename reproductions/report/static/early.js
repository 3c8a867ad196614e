// Language and colours before anything is drawn, so that nothing flickers.
(() => {
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search).get("lang");
  const own = (navigator.language || "").toLowerCase().startsWith("ko") ? "ko" : "en";
  root.lang = [asked, kept("report-lang"), own].find((l) => l === "en" || l === "ko");
  const theme = kept("report-theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
