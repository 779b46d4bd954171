// Puts this server's own addresses into the quick start.
const say = (attribute, text) =>
  document.querySelectorAll(`[${attribute}]`).forEach((place) => (place.textContent = text));

say("data-origin", location.origin);
const answer = await fetch("../api/v1/config").catch(() => undefined);
if (answer?.ok) say("data-websocket", (await answer.json()).websocketUrl);
