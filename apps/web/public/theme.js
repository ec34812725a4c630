// Before anything is drawn: the theme the reader chose on this device, so that nothing flashes.
try {
  var theme = localStorage.getItem('skein:theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is not allowed here: the system's theme it is.
}
