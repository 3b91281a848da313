// What a page for everybody must have, as far as a program can tell; the complaints, or nothing.
// In the manner of axe, with the rules that apply here (WCAG 2.2 AA).
'use strict';
const complaints = [];
const complain = (rule, element) => complaints.push(
    `${rule}: ${(element && element.outerHTML || '').slice(0, 160)}`);
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (element) => element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
const nameOf = (element) => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent || '').join(' ').trim();
  return (element.getAttribute('aria-label') || element.textContent ||
          [...(element.labels || [])].map((label) => label.textContent).join(' ')).trim();
};

if (!document.documentElement.lang) complain('the page names no language', document.documentElement);
if (!document.title.trim()) complain('the page has no title', document.documentElement);
if (!document.querySelector('meta[name=viewport]')) complain('no viewport', document.head);
if (all('main').length !== 1) complain('not exactly one main landmark', document.body);
if (all('h1').length < 1) complain('no first heading', document.body);

const ids = new Map();
for (const element of all('[id]')) {
  if (ids.has(element.id)) complain('an id twice', element);
  ids.set(element.id, element);
}
for (const attribute of ['aria-labelledby', 'aria-describedby', 'for']) {
  for (const element of all(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(/\s+/)) {
      if (!ids.has(id)) complain(`${attribute} leads nowhere`, element);
    }
  }
}
for (const link of all('a[href^="#"]')) {
  if (!ids.has(link.getAttribute('href').slice(1))) complain('a link leads nowhere', link);
}

let level = 0;
for (const heading of all('h1, h2, h3, h4, h5, h6')) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) complain('a heading skips a level', heading);
  if (!heading.textContent.trim()) complain('an empty heading', heading);
  level = own;
}
for (const element of all('a[href], button, input, select, textarea, summary, [role=region], nav')) {
  if (!nameOf(element)) complain('nothing says what this is', element);
}
for (const element of all('svg')) {
  const named = element.getAttribute('aria-label') && element.getAttribute('role');
  if (!named && element.getAttribute('aria-hidden') !== 'true') complain('a drawing without words', element);
}
for (const table of all('table')) {
  for (const head of table.querySelectorAll('th')) {
    if (!head.scope) complain('a table head without scope', head);
  }
  if (!table.querySelector('th')) complain('a table without heads', table);
}
for (const list of all('ul, ol')) {
  for (const child of list.children) {
    if (child.tagName !== 'LI') complain('a list holds something else', child);
  }
}
for (const element of all('[tabindex]')) {
  if (element.tabIndex > 0) complain('an own order of focus', element);
}
for (const element of all('pre, .scroll')) {
  if (shown(element) && element.scrollWidth > element.clientWidth + 1 && element.tabIndex < 0) {
    complain('it scrolls, but not by keyboard', element);
  }
}

// ---- contrast of every text with what is behind it ----

const parse = (colour) => {
  const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
  return {r, g, b, a};
};
const luminance = ({r, g, b}) => {
  const linear = [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.a === 1) return colour;
  }
  return parse(getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'rgb(0,0,0)' : 'rgb(255,255,255)');
};
const seen = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || seen.has(element) || !shown(element)) continue;
  if (element.closest('script, style, svg, .unseen, .skip') || element.disabled) continue;
  seen.add(element);
  const style = getComputedStyle(element);
  const fore = luminance(parse(style.color)), back = luminance(behind(element));
  const ratio = (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) complain(`contrast ${ratio.toFixed(2)}`, element);
}
return {complaints, texts: seen.size};
