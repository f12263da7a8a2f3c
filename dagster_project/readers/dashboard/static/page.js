"use strict";
// Picks the lines that stand on a day and shows them. It works nothing out: every figure comes with its words and units.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const [PARTNER, FROM, TO, CELLS, REFERENCES, EXTRA] = [0, 1, 2, 3, 4, 5];
  const [SCOPE, TIER, IS_THEN, CHARTED] = [0, 1, 2, 3];
  const names = Object.fromEntries(data.partners);
  names[data.every_partner] = "Every partner";
  const days = changeDays();
  // the largest pledges first: most partners have none
  const sorting = { glance: { place: data.glance_view.names.indexOf("largest_pledge_usd"), descending: true } };
  const shown = {};
  const asked = readAddress();

  function changeDays() {
    const found = new Set([data.first_day, data.last_day]);
    for (const [name, lines] of Object.entries(data.lines)) {
      // the first screen changes with the tables under it, and when a search for news ends: that is no change
      if (name === "reviews" || name === "findings" || (data.glance.includes(name) && name !== "last_events")) continue;
      for (const line of lines) {
        if (name === "rates" && !line[EXTRA][IS_THEN]) continue;
        found.add(line[FROM]);
        found.add(line[TO]);
      }
    }
    return [...found].filter((day) => day >= data.first_day && day <= data.last_day).sort();
  }

  function isDay(text) {
    return /^\d{4}-\d{2}-\d{2}$/.test(text || "") && !Number.isNaN(Date.parse(text)) && text >= data.first_day && text <= data.last_day;
  }

  function readAddress() {
    const address = new URLSearchParams(location.hash.slice(1));
    const partner = address.get("partner");
    const known = address.get("known");
    return {
      partner: Object.hasOwn(names, partner ?? "") ? partner : "KOR" in names ? "KOR" : data.partners[0]?.[0] ?? data.every_partner,
      known: isDay(known) ? known : data.last_day,
      scope: null,
    };
  }

  function writeAddress() {
    history.replaceState(null, "", "#" + new URLSearchParams({ partner: asked.partner, known: asked.known }));
  }

  // -- cells

  const unpack = (place) => {
    const cell = data.cells[place];
    return typeof cell === "string" ? { text: cell, sort: null, isRaw: false } : { text: cell[0], sort: cell[1], isRaw: Boolean(cell[2]) };
  };
  const empty = { text: "", sort: null, isRaw: false };
  const sourcesOf = (line) =>
    data.references[line[REFERENCES]].map(([place, locator]) => {
      const [publisher, title, kind, published, address] = data.sources[place];
      return { publisher, title, kind, published, address: webAddress(address), locator };
    });

  function webAddress(text) {
    try {
      return /^https?:$/.test(new URL(text).protocol) ? text : "";
    } catch {
      return "";
    }
  }

  const stands = (line) => line[FROM] <= asked.known && asked.known < line[TO];
  const filters = {
    standing: stands,
    known_then: (line) => line[EXTRA][IS_THEN] && stands(line),
    scope: (line) => line[EXTRA][SCOPE] === asked.scope && (!line[EXTRA][IS_THEN] || line[FROM] <= asked.known),
  };

  function rowsOf(name) {
    if (name === "glance") return glanceRows();
    const view = data.views[name];
    return data.lines[view.dataset]
      .filter((line) => line[PARTNER] === asked.partner || (view.includes_all && line[PARTNER] === data.every_partner))
      .filter(filters[view.filter])
      .map((line) => ({ cells: view.places.map((place) => unpack(line[CELLS][place])), sources: sourcesOf(line) }));
  }

  function glanceRows() {
    const parts = data.glance.map((name) => Object.fromEntries(data.lines[name].filter(stands).map((line) => [line[PARTNER], line])));
    const widths = data.glance.map((name) => data.lines[name][0]?.[CELLS].length ?? 0);
    return data.partners.map(([code, name]) => {
      const cells = [{ text: name, sort: null, isRaw: false, opens: code }];
      const sources = [];
      parts.forEach((lines, place) => {
        const line = lines[code];
        if (!line) {
          cells.push(...Array(widths[place]).fill(empty));
          return;
        }
        for (const cell of line[CELLS].map(unpack)) {
          // what was not reported has no source
          const isReported = data.glance[place] !== "deliveries" || typeof cell.sort === "number";
          cells.push(isReported ? { ...cell, sources: sourcesOf(line), weak: line[EXTRA]?.[0] } : cell);
        }
        sources.push(...sourcesOf(line));
      });
      const once = new Map(sources.map((source) => [source.title + "\n" + source.locator, source]));
      return { cells, sources: [...once.values()] };
    });
  }

  function compare(a, b) {
    const [x, y] = [a.sort ?? a.text, b.sort ?? b.text];
    if (a.text === "" || b.text === "") return a.text === b.text ? 0 : a.text === "" ? "last" : "first";
    return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
  }

  function sorted(name, rows) {
    const order = sorting[name];
    if (!order) return rows;
    // what is empty stands last either way
    return [...rows].sort((a, b) => {
      const way = compare(a.cells[order.place], b.cells[order.place]);
      return way === "last" ? 1 : way === "first" ? -1 : order.descending ? -way : way;
    });
  }

  // -- tables

  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key.startsWith("aria-") || key === "scope") made.setAttribute(key, value);
      else made[key] = value;
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function sourceLink(source, label, about) {
    const place = [source.title, source.locator].filter(Boolean).join(", ");
    if (!source.address) return element("span", { className: "source", title: place }, label);
    return element("a", { className: "source", href: source.address, rel: "noopener noreferrer", title: place, "aria-label": `${label}: ${about || place}` }, label);
  }

  function sourceList(sources) {
    return element(
      "ul",
      {},
      ...sources.map((source) => element("li", {}, sourceLink(source, source.publisher || source.title), source.locator ? `, ${source.locator}` : "")),
    );
  }

  function cellElement(cell, place, isNumber, rowName, heading) {
    const box = element(place === 0 ? "th" : "td", place === 0 ? { scope: "row" } : {});
    if (isNumber && cell.text.length <= 30) box.className = cell.text.length > 14 ? "number broad" : "number";
    else if (cell.text.length > 30) box.className = "wide";
    else if (/^\d{1,2} [A-Z][a-z]{2} \d{4}$/.test(cell.text)) box.className = "whole";
    if (cell.opens) {
      box.append(element("button", { type: "button", className: "named", onclick: () => openPartner(cell.opens) }, cell.text));
      return box;
    }
    // a number and its unit stay on one line
    const text = place === 0 && !cell.text ? "not stated" : cell.text;
    box.append(text.replace(/ (?=%|bn\b|m\b)/g, "\u00a0"));
    if (cell.text && cell.weak) box.append(element("span", { className: "weak", title: cell.weak }, "\u00a0†", element("span", { className: "hidden" }, ` ${cell.weak}`)));
    if (cell.text && cell.sources) {
      cell.sources.forEach((source, index) => {
        box.append(" ", sourceLink(source, `[${index + 1}]`, `source of ${rowName}, ${heading}: ${source.title}`));
      });
    }
    return box;
  }

  function showTable(name) {
    const box = byId(`table-${name}`);
    const heads = [...box.querySelectorAll("thead th")];
    const rows = sorted(name, rowsOf(name));
    shown[name] = rows;
    heads.forEach((head, place) => {
      const order = sorting[name];
      if (!head.querySelector("button")) return;
      head.setAttribute("aria-sort", order?.place !== place ? "none" : order.descending ? "descending" : "ascending");
    });
    const body = box.querySelector("tbody");
    body.replaceChildren(
      ...rows.map((row) =>
        element(
          "tr",
          {},
          ...row.cells.map((cell, place) => cellElement(cell, place, heads[place].classList.contains("number"), row.cells[0].text, heads[place].textContent)),
          name === "glance" ? null : element("td", { className: "sources" }, sourceList(row.sources)),
        ),
      ),
    );
    // a column without a word would only push the others off a narrow screen
    heads.forEach((head, place) => {
      const isEmpty = (row) => (place < row.cells.length ? !row.cells[place].text : !row.sources.length);
      const isBare = place > 0 && rows.length > 0 && rows.every(isEmpty);
      for (const box of [head, ...[...body.rows].map((row) => row.cells[place])]) box.hidden = isBare;
    });
    // headings over nothing say less than a sentence
    for (const part of [".note", ".scroll", ".below"]) box.querySelector(part).hidden = !rows.length;
    box.querySelector(".nothing").hidden = rows.length > 0;
    box.querySelector(".nothing").textContent = rows.length ? "" : data.views[name].nothing;
    box.querySelector(".count").textContent = rows.length === 1 ? "1 row" : `${rows.length} rows`;
    box.querySelector(".csv").disabled = !rows.length;
  }

  // -- CSV: the rule of dagster_project/safe_export.py, for text alone

  function csvCell(value) {
    const text = typeof value === "string" && data.formula_starts.some((start) => value.startsWith(start)) ? `'${value}` : String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function csvText(name) {
    const view = name === "glance" ? data.glance_view : data.views[name];
    const about = name === "glance" ? [] : ["partner_iso3"];
    // a column of numbers holds numbers alone; its words, which carry bounds and units, stand beside it
    const names = view.names.flatMap((column, place) => (view.numbers[place] ? [column, `${column}_in_words`] : [column]));
    const marks = name === "glance" ? ["weakly_sourced"] : [];
    const head = [...about, ...names, ...marks, "known_on", "sources", "source_urls"];
    const rows = shown[name].map((row) => [
      ...about.map(() => asked.partner),
      ...row.cells.flatMap((cell, place) => {
        if (view.numbers[place]) return [cell.isRaw ? cell.sort : "", cell.text];
        return [cell.isRaw ? cell.sort : cell.text];
      }),
      ...marks.map(() => row.cells.flatMap((cell, place) => (cell.text && cell.weak ? [`${view.names[place]}: ${cell.weak}`] : [])).join(", ")),
      asked.known,
      row.sources.map((source) => [source.publisher, source.title, source.locator].filter(Boolean).join(", ")).join("; "),
      row.sources.map((source) => source.address).filter(Boolean).join(" "),
    ]);
    return [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
  }

  function download(name) {
    const address = URL.createObjectURL(new Blob(["\ufeff", csvText(name)], { type: "text/csv;charset=utf-8" }));
    const about = name === "glance" ? "partners" : `${asked.partner}-${name}`;
    element("a", { href: address, download: `trade-deals-${about}-${asked.known}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  // -- charts

  const isDark = matchMedia("(prefers-color-scheme: dark)");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const charts = [];
  // there a label stands over its bar, not beside it
  const isNarrow = matchMedia("(max-width: 48rem)");

  function theme() {
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const [ink, soft, line] = ["--ink", "--soft", "--line"].map(colour);
    const font = "system-ui, sans-serif";
    return {
      background: null,
      font,
      aria: false,
      view: { stroke: null },
      axis: { labelColor: soft, titleColor: soft, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
      legend: { labelColor: ink, labelFontSize: 13 },
      rule: { color: ink },
      point: { color: ink },
      text: { color: ink, fontSize: 12 },
    };
  }

  async function draw(box, spec, sets, label) {
    const result = await vegaEmbed(box, { ...spec, ...(spec.height.step ? { height: spec.height.step * sets[Object.keys(sets)[0]].length } : {}), autosize: { type: "fit-x", contains: "padding" }, datasets: sets }, {
      mode: "vega-lite", actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true }, config: theme(),
    });
    // the label and the table say it in words; the marks themselves would be read as unnamed pictures
    box.querySelector("svg").setAttribute("aria-hidden", "true");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", label);
    charts.push(result);
  }

  function clearCharts() {
    while (charts.length) charts.pop().finalize();
  }

  function ratePoints(lines) {
    const points = [];
    for (const line of lines) {
      const [, tier, isThen, rate] = line[EXTRA];
      const end = isThen ? (line[TO] < asked.known ? line[TO] : asked.known) : line[TO] < data.last_day ? line[TO] : data.last_day;
      const about = { label: "", rate, clock: isThen ? "As known then" : "As known today", tier: tier.replaceAll("_", " "), pays: textOf(line, "rates", "total_rate_pct") };
      for (const day of [line[FROM], end]) points.push({ ...about, day, place: points.length });
      // at its end a line of one side of a quota says which
      if (!isThen && tier !== "none" && line[TO] > data.last_day) points.at(-1).label = about.tier;
    }
    return points;
  }

  const textOf = (line, view, name) => unpack(line[CELLS][data.views[view].places[data.views[view].names.indexOf(name)]]).text;
  const sortOf = (line, view, name) => unpack(line[CELLS][data.views[view].places[data.views[view].names.indexOf(name)]]).sort;

  function drawRates() {
    const lines = data.lines.rates.filter((line) => line[PARTNER] === asked.partner && filters.scope(line));
    const events = data.lines.events
      .filter((line) => [asked.partner, data.every_partner].includes(line[PARTNER]) && stands(line))
      .map((line) => ({ day: sortOf(line, "events", "event_date"), kind: textOf(line, "events", "event_type"), event: textOf(line, "events", "event_name") }))
      .filter((event) => event.day >= data.first_day && event.day <= data.last_day);
    const current = lines.filter((line) => line[EXTRA][IS_THEN] && stands(line)).map((line) => textOf(line, "rates", "total_rate_pct"));
    const goods = byId("scope").selectedOptions[0]?.text ?? "";
    const label = `Line chart of the duty on ${goods} of ${names[asked.partner]} since ${data.first_day}, as known then and as known today. ` +
      `On ${asked.known}: ${current.join("; ") || "nothing known"}. The table below has the same figures.`;
    return draw(byId("chart-rates"), data.charts.rates, { rates: ratePoints(lines), events, asked: [{ day: asked.known }] }, label);
  }

  const STAGES = [
    ["Pledge", "amount_usd"], ["Candidate projects", "candidate_usd"], ["Assigned", "allocated_usd"], ["Under contract", "committed_usd"],
    ["Paid", "disbursed_usd"], ["Claimed", "claimed_usd"],
  ];

  function drawDelivery() {
    const lines = data.lines.delivery.filter((line) => line[PARTNER] === asked.partner && stands(line) && line[EXTRA][0]);
    const figures = lines.map((line) => {
      const box = element("div", { className: "chart" });
      box.setAttribute("role", "img");
      const title = `${textOf(line, "delivery", "pledge_name")}, reported by ${textOf(line, "delivery", "progress_date")}`;
      return { box, title, line };
    });
    byId("chart-delivery").replaceChildren(...figures.map(({ box, title }) => element("figure", {}, element("figcaption", {}, title), box)));
    return figures.map(({ box, title, line }) => {
      const stages = STAGES.map(([stage, name]) => ({ stage, amount: sortOf(line, "delivery", name), text: textOf(line, "delivery", name) })).filter((row) => row.amount !== null);
      stages[0].stage += `, ${textOf(line, "delivery", "pledge_status")}`;
      return draw(box, data.charts.delivery, { stages }, `Bar chart. ${title}. ${stages.map((row) => `${row.stage}: ${row.text}`).join("; ")}.`);
    });
  }

  // -- the first screen

  const MOST_BARS = 14;

  /** Bars and points of every partner on the day asked for, and the sentences over them. */
  function drawPictures() {
    const found = data.lines.findings.find(stands);
    const [promises, cars, newest] = found ? found[CELLS].map((cell) => unpack(cell).text) : ["", "", ""];
    byId("found-promises").textContent = promises;
    byId("found-cars").textContent = cars;
    byId("newest").textContent = `As known on ${dayText(asked.known)}. ${newest}.`;
    const size = isNarrow.matches ? "narrow" : "wide";
    const bars = data.lines.promise_bars
      .filter(stands)
      .map((line) => line[EXTRA])
      .sort((a, b) => b[3] - a[3])
      .slice(0, MOST_BARS)
      .map(([label, words, isExpected, amount, assigned, paid], place) => ({ label, words, isExpected, amount: amount / 1e9, assigned: (assigned ?? 0) / 1e9, paid: (paid ?? 0) / 1e9, place }));
    const order = (line) => data.car_suppliers.indexOf(line[PARTNER]);
    const points = data.lines.car_points
      .filter(stands)
      .sort((a, b) => order(a) - order(b))
      .map((line, place) => ({ label: line[EXTRA][0], words: line[EXTRA][1], now: line[EXTRA][2], without: line[EXTRA][3], place }));
    const inWords = (rows) => rows.map((row) => `${row.label}: ${row.words}`).join("; ");
    return [
      draw(byId("chart-promises"), data.charts[`promises_${size}`], { bars }, `Bar chart. ${promises}. ${inWords(bars)}.`),
      draw(byId("chart-cars"), data.charts[`cars_${size}`], { points }, `Chart of points. ${cars}. ${inWords(points)}.`),
    ];
  }

  // -- the whole

  function fillScopes() {
    const own = data.lines.rates.filter((line) => line[PARTNER] === asked.partner);
    const goods = new Map(own.map((line) => [line[EXTRA][SCOPE], textOf(line, "rates", "scope")]));
    byId("scope").replaceChildren(...[...goods].map(([value, text]) => element("option", { value }, text)));
    const first = data.car_partners.includes(asked.partner) ? "passenger-cars" : "general-goods";
    asked.scope = goods.has(asked.scope) ? asked.scope : goods.has(first) ? first : [...goods.keys()][0] ?? null;
    byId("scope").value = asked.scope;
  }

  const dayText = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

  function showDetail() {
    const isWorld = asked.partner === data.every_partner;
    byId("partner-name").textContent = names[asked.partner];
    for (const name of Object.keys(data.views)) showTable(name);
    byId("chart-rates").closest("section").hidden = isWorld;
    byId("part-history").hidden = isWorld;
    for (const link of document.querySelectorAll(".parts a")) link.parentElement.hidden = byId(link.hash.slice(1)).hidden;
  }

  async function show(said) {
    byId("known").value = asked.known;
    byId("partner").value = asked.partner;
    const place = days.findLastIndex((day) => day <= asked.known);
    byId("earlier").disabled = days[0] >= asked.known;
    byId("later").disabled = place === days.length - 1;
    for (const when of document.querySelectorAll(".when")) when.textContent = `as known on ${dayText(asked.known)}`;
    fillScopes();
    showTable("glance");
    showDetail();
    writeAddress();
    clearCharts();
    await Promise.all([...drawPictures(), ...(asked.partner === data.every_partner ? [] : [drawRates()]), ...drawDelivery()]);
    if (said) byId("said").textContent = said;
    document.documentElement.dataset.ready = `${asked.partner} ${asked.known} ${asked.scope} ${isDark.matches ? "dark" : "light"}`;
  }

  function askDay(day) {
    if (!isDay(day)) {
      byId("said").textContent = `Give a day from ${dayText(data.first_day)} to ${dayText(data.last_day)}.`;
      return;
    }
    asked.known = day;
    show(`Showing what was known on ${dayText(day)}.`);
  }

  function openPartner(code) {
    asked.partner = code;
    show(`Showing ${names[code]}.`);
    byId("detail").focus({ preventScroll: true });
    byId("detail").scrollIntoView({ behavior: isStill.matches ? "auto" : "smooth" });
  }

  function age() {
    const hours = Math.floor((Date.now() - Date.parse(data.built_at)) / 3600000);
    const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
    if (hours < 0) return "";
    return hours < 1 ? ", less than an hour ago" : hours < 48 ? `, ${count(hours, "hour")} ago` : `, ${count(Math.floor(hours / 24), "day")} ago: a newer release may exist`;
  }

  byId("age").textContent = age();
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("known").addEventListener("change", (event) => askDay(event.target.value));
  byId("earlier").addEventListener("click", () => askDay(days.findLast((day) => day < asked.known)));
  byId("later").addEventListener("click", () => askDay(days.find((day) => day > asked.known)));
  byId("partner").addEventListener("change", (event) => {
    asked.partner = event.target.value;
    show(`Showing ${names[asked.partner]}.`);
  });
  byId("scope").addEventListener("change", (event) => {
    asked.scope = event.target.value;
    show();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.csv) download(button.dataset.csv);
    if (button?.dataset.table) {
      const { table, place } = button.dataset;
      const order = sorting[table];
      sorting[table] = { place: Number(place), descending: order?.place === Number(place) && !order.descending };
      showTable(table);
      byId("said").textContent = `Sorted by ${button.textContent}, ${sorting[table].descending ? "descending" : "ascending"}.`;
    }
    // the address keeps the day and the partner, so that links to parts only scroll
    const part = event.target.closest("a[href^='#']");
    if (part) {
      event.preventDefault();
      const target = byId(part.hash.slice(1));
      target.focus({ preventScroll: true });
      target.scrollIntoView({ behavior: isStill.matches ? "auto" : "smooth" });
    }
  });
  addEventListener("hashchange", () => {
    Object.assign(asked, readAddress());
    show();
  });
  isDark.addEventListener("change", () => show());
  isNarrow.addEventListener("change", () => show());
  // a link to a partner leads to it; a page loaded again stays where it was read
  const isLink = new URLSearchParams(location.hash.slice(1)).has("partner") && performance.getEntriesByType("navigation")[0]?.type === "navigate";
  show().then(() => isLink && byId("detail").scrollIntoView());
})();
