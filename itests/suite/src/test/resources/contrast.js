// Each text that can be seen, with the contrast of its colour to what is behind it (WCAG 2).
(() => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) {
        return colour;
      }
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.checkVisibility() && !e.matches(":disabled, option, svg *"))
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== ""))
    .map((e) => {
      const both = [luminance(parts(getComputedStyle(e).color)), luminance(behind(e))].sort((a, b) => b - a);
      return { text: e.textContent.trim().slice(0, 40), contrast: (both[0] + 0.05) / (both[1] + 0.05) };
    });
})()
