"""What layers do to the plane, and how networks learn to separate two circles in it."""
