"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const keep = (key, value) => {
    try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); }
    catch { /* a reader who allows no storage chooses anew each time */ }
  };

  // Language: both are in the page, and the style shows one. Attributes are set here.
  function speak(language) {
    root.lang = language;
    for (const element of all("[data-ko]")) {
      for (const [name, value] of Object.entries(JSON.parse(element.dataset[language]))) {
        if (name === "text") element.textContent = value;
        else element.setAttribute(name, value);
      }
    }
    for (const button of all("[data-lang-to]")) {
      button.setAttribute("aria-pressed", button.dataset.langTo === language);
    }
  }
  for (const button of all("[data-lang-to]")) {
    button.addEventListener("click", () => {
      keep("report-lang", button.dataset.langTo);
      speak(button.dataset.langTo);
    });
  }

  // Colours: the system's, or the reader's choice.
  function colour(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of all("[data-theme-to]")) {
      button.setAttribute("aria-pressed", button.dataset.themeTo === theme);
    }
  }
  for (const button of all("[data-theme-to]")) {
    button.addEventListener("click", () => {
      const theme = button.dataset.themeTo;
      keep("report-theme", theme === "auto" ? null : theme);
      colour(theme);
    });
  }

  // What is packed into the page: tables to download.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".csv")) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await unpack(button.dataset.packed));
      link.download = button.dataset.file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } else if (button.matches(".copy")) {
      await navigator.clipboard?.writeText(button.dataset.copy);
    }
  });

  // The contents mark what is in view, and close once the reader has chosen.
  const contents = one("#contents");
  const links = new Map(all("a", contents).map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) links.get(target.id)?.setAttribute("aria-current", "true");
      else links.get(target.id)?.removeAttribute("aria-current");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  all("main > section, .experiment").forEach((section) => watch.observe(section));
  contents.addEventListener("click", ({ target }) => {
    if (target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });

  // A term's explanation opens beside the word, inside the window.
  document.addEventListener("click", (event) => {
    const term = event.target.closest(".term");
    if (!term) return;
    event.preventDefault(); // the browser would open it only after this, without a size
    const note = document.getElementById(term.getAttribute("popovertarget"));
    if (!note.togglePopover()) return;
    note.style.left = note.style.top = "0";
    const word = term.getBoundingClientRect(), box = note.getBoundingClientRect();
    const within = (place, room) => Math.max(8, Math.min(place, room - 8));
    const below = word.bottom + 6 + box.height < innerHeight;
    const top = below ? word.bottom + 6 : word.top - 6 - box.height;
    note.style.left = `${within(word.left, innerWidth - box.width)}px`;
    note.style.top = `${within(top, innerHeight - box.height)}px`;
  });

  speak(root.lang);
  colour(root.dataset.theme ?? "auto");

  // What starts on the way to a place moves it: once there, the page looks for it again.
  addEventListener("hashchange", () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    addEventListener("scrollend", () => place?.scrollIntoView({ behavior: "instant" }), { once: true });
  });
})();
