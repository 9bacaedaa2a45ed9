// Before the first paint: the theme chosen earlier (cookie), else the system's. Loaded in <head>.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => (document.cookie.match(/(?:^|; )theme=(light|dark)/) || [])[1];
  const apply = () => root.setAttribute("data-bs-theme", chosen() || (dark.matches ? "dark" : "light"));
  root.classList.add("k-js");
  apply();
  dark.addEventListener("change", apply);
  window.recoupTheme = {
    chosen,
    choose(theme) {
      const secure = location.protocol === "https:" ? ";secure" : "";
      const age = theme === "system" ? 0 : 31536000;
      document.cookie = `theme=${theme};path=/;max-age=${age};samesite=lax${secure}`;
      apply();
    },
  };
})();
