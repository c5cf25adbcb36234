"use strict";

const KEYS = { grafana: ["api_key"], datadog: ["api_key", "app_key"] };
const cards = new Map();
const byId = (id) => document.getElementById(id);

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function press(id, action, fields) {
  const answer = await fetch(`/data-sources/${encodeURIComponent(id)}/${action}`, {
    method: "POST",
    body: new URLSearchParams(fields),
  });
  byId("message").textContent = answer.ok ? "" : await answer.text();
  await refresh();
}

// A card is made once, so that nobody's typing is lost when it changes.
function card(source) {
  const card = byId("source").content.firstElementChild.cloneNode(true);
  card.dataset.id = source.id;
  for (const key of KEYS[source.provider] ?? []) card.querySelector("select").add(new Option(key));
  card.querySelector("select").hidden = card.querySelector("select").options.length < 2;
  for (const form of card.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(source.id, form.dataset.action, new FormData(form));
      form.reset();
    });
  }
  for (const button of card.querySelectorAll("button[data-action]")) {
    button.addEventListener("click", () => press(source.id, button.dataset.action));
  }
  byId("sources").append(card);
  return card;
}

function show(source) {
  if (!cards.has(source.id)) cards.set(source.id, card(source));
  const shown = cards.get(source.id);
  const state = !source.connected ? "disconnected" : source.enabled ? "on" : "switched off";
  const config = Object.entries(source.config).map(([field, value]) => `${field}: ${value}`);
  for (const [fact, text] of Object.entries({ ...source, state, config: config.join("\n") })) {
    const place = shown.querySelector(`[data-fact="${fact}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }
  shown.classList.toggle("off", state !== "on");
  const offered = {
    rename: source.connected,
    rotate: source.connected && source.provider in KEYS,
    disable: source.connected && source.enabled,
    enable: source.connected && !source.enabled,
    disconnect: source.connected,
    connect: !source.connected,
  };
  for (const [action, offer] of Object.entries(offered)) {
    shown.querySelector(`[data-action="${action}"]`).hidden = !offer;
  }
}

function row(request) {
  const row = document.createElement("tr");
  const body = request.body === null ? "" : JSON.stringify(request.body);
  const at = new Date(request.at).toLocaleTimeString();
  const cells = [at, `${request.method} ${request.path}`, request.key ?? "none", body, request.status ?? "", request.does];
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}

async function refresh() {
  const [{ data_sources }, { requests }] = await Promise.all([get("/data-sources"), get("/requests")]);
  data_sources.forEach(show);
  byId("requests").replaceChildren(...requests.reverse().map(row));
  byId("none").hidden = requests.length > 0;
}

async function follow() {
  try {
    await refresh();
    document.body.dataset.shown = "yes";
  } catch {
    byId("message").textContent = "The stand-in does not answer. If it was stopped, start it again and load this page anew.";
  }
  setTimeout(follow, 1000);
}

follow();
