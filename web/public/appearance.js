// Runs before the first paint, so that who has chosen a theme never sees the other one: index.html loads it blocking,
// since the policy of the page allows no inline script. src/shared/theme.ts takes over from here.
(() => {
  try {
    const { theme } = JSON.parse(localStorage.getItem('relaypacs-preferences')) ?? {};
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Nothing is stored that can be read: the device's own theme it is.
  }
})();
