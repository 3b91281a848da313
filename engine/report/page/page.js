// What a report does beyond being read: filters, opening and closing, print.  The page is whole
// without it.  No text of the page is ever made markup: only textContent, values and attributes.
'use strict';
(() => {
  const form = document.querySelector('form.filters');
  if (!form) return;
  const items = [...document.querySelectorAll('[data-item]')].map((element) => ({
    element,
    kind: element.dataset.item,
    hosts: lines(element.dataset.hosts),
    // "MSExchangeMTA 9322": provider and ID of one event.
    events: lines(element.dataset.events).map((name) => {
      const cut = name.lastIndexOf(' ');
      return {provider: name.slice(0, cut), id: name.slice(cut + 1)};
    }),
    causes: lines(element.dataset.causes),
    sure: element.dataset.sure === undefined ? -1 : Number(element.dataset.sure),
    text: null,  // folded text, made when somebody searches
  }));
  const status = document.getElementById('shown');
  const fields = form.elements;

  function lines(text) { return text ? text.split('\n') : []; }

  function folded(item) {
    if (item.text === null) {
      item.text = (item.element.textContent + '\n' + item.causes.join('\n')).toLowerCase();
    }
    return item.text;
  }

  // The choices of a list, the most frequent first; `of` gives an item's values.
  function offer(select, of) {
    const counts = new Map();
    for (const item of items) {
      for (const value of new Set(of(item))) counts.set(value, (counts.get(value) || 0) + 1);
    }
    const values = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 1000);
    for (const [value, count] of values) {
      const option = document.createElement('option');
      option.value = value;
      option.textContent = `${value} (${count})`;
      select.append(option);
    }
    select.disabled = values.length === 0;
  }

  function matches(item, wanted) {
    if (wanted.host && !item.hosts.includes(wanted.host)) return false;
    if (wanted.cause && !item.causes.includes(wanted.cause)) return false;
    if (wanted.sure >= 0 && item.sure < wanted.sure) return false;
    const event = (e) => (!wanted.provider || e.provider === wanted.provider) &&
                         (!wanted.id || e.id === wanted.id);
    if ((wanted.provider || wanted.id) && !item.events.some(event)) return false;
    return wanted.words.every((word) => folded(item).includes(word));
  }

  const nouns = {incident: 'incidents', unexplained: 'kinds of unexplained events', acknowledged: 'acknowledged findings'};

  function apply() {
    const wanted = {
      host: fields.host.value,
      provider: fields.provider.value,
      id: fields.id.value,
      cause: fields.cause.value,
      sure: fields.sure.value === '' ? -1 : Number(fields.sure.value),
      words: fields.text.value.toLowerCase().split(/\s+/).filter(Boolean),
    };
    const total = {}, shown = {};
    for (const item of items) {
      const hit = matches(item, wanted);
      if (item.element.hidden === hit) item.element.hidden = !hit;
      total[item.kind] = (total[item.kind] || 0) + 1;
      shown[item.kind] = (shown[item.kind] || 0) + (hit ? 1 : 0);
    }
    const parts = Object.keys(nouns).filter((kind) => total[kind])
                      .map((kind) => `${shown[kind]} of ${total[kind]} ${nouns[kind]}`);
    status.textContent = parts.length ? `Shown: ${parts.join(', ')}.` : '';
    for (const table of document.querySelectorAll('[data-list]')) {
      const rows = [...table.querySelectorAll('[data-item]')];
      table.hidden = rows.length > 0 && rows.every((row) => row.hidden);
    }
  }

  offer(fields.host, (item) => item.hosts);
  offer(fields.provider, (item) => item.events.map((e) => e.provider));
  offer(fields.id, (item) => item.events.map((e) => e.id));
  offer(fields.cause, (item) => item.causes);
  form.hidden = false;
  document.getElementById('tools').hidden = false;

  let waiting = 0;
  fields.text.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  form.addEventListener('change', apply);
  form.addEventListener('submit', (event) => { event.preventDefault(); apply(); });
  form.addEventListener('reset', () => setTimeout(apply, 0));
  apply();

  // The body of every incident that is shown.
  const bodies = () => document.querySelectorAll('.incident:not([hidden]) > details');
  document.getElementById('open').addEventListener('click', () => {
    for (const body of bodies()) body.open = true;
  });
  document.getElementById('close').addEventListener('click', () => {
    for (const body of bodies()) body.open = false;
  });

  // A link to an incident shows it, opened, whatever the filters hide.
  function follow() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest('[hidden]')) { form.reset(); apply(); }
    const body = target.querySelector(':scope > details');
    if (body) body.open = true;
    target.scrollIntoView();
  }
  addEventListener('hashchange', follow);
  follow();

  // On paper everything that is shown is open, and afterwards as it was.
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
})();
