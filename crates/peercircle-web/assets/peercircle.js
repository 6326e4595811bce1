// Makes the pages live. Without it they work by reloading.
//
// - clocks run on between answers of the server;
// - what others do appears: the page is asked for again and only what differs is changed, so that nothing one is typing is lost;
// - what is pressed is sent until it is through, with the same key, so that it counts once; without a connection the page says so.
//   What is meant for the moment, such as the next turn, is sent for some seconds only: ten minutes later it would be another thing.
"use strict";

(() => {
  const main = () => document.getElementById("main");
  const connection = document.getElementById("connection");
  const announce = document.getElementById("announce");

  // --- Time ---------------------------------------------------------------------------------------------------------

  // By how much this phone's clock is ahead of the server's, in milliseconds.
  let ahead = 0;

  const two = (number) => String(number).padStart(2, "0");
  const asClock = (seconds) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

  function adjust() {
    const shown = document.querySelector("[data-now]");
    if (shown) ahead = Date.now() - Date.parse(shown.dataset.now);
  }

  function tick() {
    for (const clock of document.querySelectorAll(".clock[data-until]")) {
      if (clock.hasAttribute("data-stands")) continue;
      const left = Math.round((Date.parse(clock.dataset.until) - (Date.now() - ahead)) / 1000);
      const text = left < 0 ? `+${asClock(-left)}` : asClock(left);
      const time = clock.querySelector(".time");
      if (time.textContent !== text) time.textContent = text;
      clock.classList.toggle("over", left < 0);
      const bar = clock.querySelector("progress");
      if (bar) bar.value = Math.max(left, 0);
    }
  }

  // Dates stand in English sentences, in the way of writing them that the reader has.
  const WRITTEN = /^en\b/.test(navigator.language) ? navigator.language : "en-GB";
  const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  // As long as the server's, so that nothing beside it moves.
  const SHORT = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  const DAY = { day: "numeric", month: "long", year: "numeric" };

  // Dates in the reader's own time; forms say what that is.
  function localise(root) {
    for (const time of root.querySelectorAll("time[data-when]")) {
      const options = { day: DAY, short: SHORT }[time.dataset.when] ?? LONG;
      time.textContent = new Intl.DateTimeFormat(WRITTEN, options).format(new Date(time.dateTime));
    }
    for (const zone of root.querySelectorAll("[data-zone]")) {
      zone.textContent = `(${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
    }
    for (const copy of root.querySelectorAll("[data-copy-from]")) copy.hidden = !navigator.clipboard;
  }

  // --- The page as it is now ------------------------------------------------------------------------------------------

  const touched = (field) =>
    field === document.activeElement ||
    (field.matches("textarea, input:not([type=hidden], [type=radio], [type=checkbox])") && field.value !== field.defaultValue) ||
    (field.matches("input[type=radio], input[type=checkbox]") && field.checked !== field.defaultChecked) ||
    (field.matches("select") && [...field.options].some((option) => option.selected !== option.defaultSelected && option.index > 0));

  // A form someone is filling in stays as it is, its key included.
  const inUse = (element) =>
    element.matches("form") && [...element.elements].some((field) => field.matches("input, select, textarea") && field.type !== "hidden" && touched(field));

  function morph(from, to) {
    if (from.nodeType === Node.TEXT_NODE) {
      if (from.data !== to.data) from.data = to.data;
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE || inUse(from)) return;
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && !(name === "open" && from.matches("details")) && name !== "aria-busy") from.removeAttribute(name);
    }
    for (const { name, value } of [...to.attributes]) {
      if (from.getAttribute(name) !== value && !(name === "open" && from.matches("details"))) from.setAttribute(name, value);
    }
    if (from.matches("textarea")) return;
    children(from, to);
  }

  const alike = (a, b) =>
    a.nodeType === b.nodeType &&
    a.nodeName === b.nodeName &&
    (a.nodeType !== Node.ELEMENT_NODE || (a.id === b.id && heading(a) === heading(b)));

  // Cards are told apart by what they are about; what asks first by all that it says, as unfolded for one person it isn't for the next.
  function heading(element) {
    if (element.matches("details.sure")) return element.textContent;
    if (!element.matches("section, details, form")) return "";
    const about = element.querySelector("h2, p.title, summary, input[name=type], input[name=command]");
    return about?.textContent || element.querySelector("input[name=type], input[name=command]")?.value || "";
  }

  function children(from, to) {
    let at = from.firstChild;
    for (const wanted of [...to.childNodes]) {
      let found = at;
      while (found && !alike(found, wanted)) found = found.nextSibling;
      if (found) {
        while (at !== found) {
          const gone = at;
          at = at.nextSibling;
          gone.remove();
        }
        morph(found, wanted);
        at = found.nextSibling;
      } else {
        from.insertBefore(document.importNode(wanted, true), at);
      }
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  }

  const here = () => location.pathname + location.search;
  let shown = here();
  let said = main()?.dataset.say ?? "";

  function show(html, address) {
    const next = new DOMParser().parseFromString(html, "text/html");
    const fresh = next.getElementById("main");
    if (!fresh) return;
    localise(fresh);
    const focused = document.activeElement;
    const bar = document.querySelector(".bar");
    const freshBar = next.querySelector(".bar");
    if (bar && freshBar) morph(bar, freshBar);
    morph(main(), fresh);
    document.title = next.title;
    if (address && address !== here()) history.pushState(null, "", address);
    shown = here();
    adjust();
    tick();
    // What had the focus is gone: to the page, not to nowhere.
    if (focused && focused !== document.body && !document.contains(focused)) main().focus({ preventScroll: true });
    const alert = document.querySelector("#alert .alert");
    if (alert) {
      alert.scrollIntoView({ block: "nearest" });
      alert.focus();
    }
    const say = main().dataset.say ?? "";
    if (say && say !== said) announce.textContent = say;
    said = say;
    follow();
  }

  let asking = null;

  async function refresh() {
    if (sending > 0) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: asking.signal });
      if (answer.ok) {
        show(await answer.text());
        connected(true);
      } else if ([401, 403, 404].includes(answer.status)) {
        // Signed out, or no longer in the group: the page says so, and has nothing more to follow.
        location.reload();
      }
    } catch (error) {
      if (error.name !== "AbortError") connected(false);
    }
  }

  // --- Live ------------------------------------------------------------------------------------------------------------

  function connected(is) {
    connection.hidden = is;
  }

  let source = null;
  let followed = null;
  let waiting = null;
  let soon = null;

  const refreshSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, 60);
  };

  function follow() {
    const cycle = main()?.dataset.cycle;
    if (!cycle || followed === cycle) return;
    source?.close();
    followed = cycle;
    source = new EventSource(`/api/v1/cycles/${encodeURIComponent(cycle)}/events?after=${main().dataset.revision ?? 0}`);
    const heard = (event) => {
      if (Number(event.lastEventId) > Number(main().dataset.revision ?? 0)) refreshSoon();
    };
    source.onmessage = heard;
    source.addEventListener("event", heard);
    source.onopen = () => {
      connected(true);
      // Whatever happened while there was no connection.
      refreshSoon();
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) {
        connected(false); // It tries again by itself.
        return;
      }
      // The server has no stream to give: ask instead, and try again.
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        followed = null;
        await refresh();
        follow();
      }, 2000);
    };
  }

  // --- What is pressed -------------------------------------------------------------------------------------------------

  let sending = 0;

  // For how long something of the moment is tried again, and how long one try may take: bad Wi-Fi rather hangs than fails.
  const MOMENT = 15_000;
  const TRY = 10_000;

  // A line about something that was pressed, with a button; it stays until that is pressed, or it is taken away.
  function notice() {
    const line = document.createElement("div");
    const text = document.createElement("span");
    const button = document.createElement("button");
    line.className = "notice";
    button.className = "small";
    button.type = "button";
    line.append(text, button);
    return {
      say(words, label, does, failed = false) {
        if (text.textContent !== words) text.textContent = words;
        button.textContent = label;
        button.onclick = does;
        line.classList.toggle("failed", failed);
        if (!line.isConnected) document.getElementById("unsent")?.append(line);
      },
      remove: () => line.remove(),
    };
  }

  // How far the reader's time is behind UTC on the date that was chosen, for every form with a date: its label says whose time it is.
  function zoned(form) {
    for (const zone of form.querySelectorAll("[data-zone-minutes]")) {
      const date = form.querySelector("input[type=datetime-local]");
      zone.value = new Date(date?.value || Date.now()).getTimezoneOffset();
    }
  }

  async function send(form, button) {
    const body = new URLSearchParams(new FormData(form, button ?? undefined));
    const buttons = form.querySelectorAll("button");
    const what = `\u201c${(button ?? buttons[0])?.textContent.trim() ?? "That"}\u201d`;
    const until = "moment" in form.dataset ? Date.now() + MOMENT : Infinity;
    const seen = main()?.dataset.revision;
    const line = notice();
    // What ends the waiting, and the try that waits.
    const trial = (ends) => {
      const one = new AbortController();
      const timer = setTimeout(() => one.abort(), Math.min(TRY, Math.max(until - Date.now(), 1000)));
      ends.addEventListener("abort", () => (clearTimeout(timer), one.abort()));
      return one.signal;
    };
    const dropped = new AbortController();
    const pause = (milliseconds) =>
      new Promise((done) => {
        const timer = setTimeout(done, milliseconds);
        dropped.signal.addEventListener("abort", () => (clearTimeout(timer), done()));
      });
    const drop = () => {
      dropped.abort();
      line.remove();
    };
    buttons.forEach((one) => one.setAttribute("aria-busy", "true"));
    form.dataset.sending = "";
    document.querySelectorAll("#unsent .failed").forEach((one) => one.remove());
    sending += 1;
    asking?.abort();
    const slow = setTimeout(() => line.say(`Not through yet: ${what}. It is being sent.`, "Don't send it", drop), 3000);
    try {
      while (!dropped.signal.aborted) {
        try {
          const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: trial(dropped.signal) });
          if (answer.status < 500 && answer.status !== 429) {
            const html = await answer.text();
            connected(true);
            line.remove();
            if (answer.ok) form.reset();
            const url = new URL(answer.url);
            delete form.dataset.sending;
            buttons.forEach((one) => one.removeAttribute("aria-busy"));
            document.activeElement?.blur?.();
            show(html, answer.ok ? url.pathname + url.search : null);
            return;
          }
        } catch {
          // No connection.
        }
        if (dropped.signal.aborted) return;
        connected(false);
        if (Date.now() >= until) {
          // It may have come through with its answer lost: the page says so, as soon as it is asked for again.
          line.say(`${what} didn't get through, and isn't sent any more. Once you are back, look at what is shown here, and press again if it is still to be done.`, "OK", drop, true);
          setTimeout(refreshSoon);
          return;
        }
        clearTimeout(slow);
        // Whatever comes late counts only where the group is as it was when this was pressed.
        if (until < Infinity && seen) body.set("seen", seen);
        line.say(
          until < Infinity
            ? `Not sent yet: ${what}. It is tried for a few seconds.`
            : `Not sent yet: ${what}. It is sent as soon as you are back, while this page stays open.`,
          "Don't send it",
          drop,
        );
        await pause(2000);
      }
    } finally {
      clearTimeout(slow);
      sending -= 1;
      delete form.dataset.sending;
      buttons.forEach((one) => one.removeAttribute("aria-busy"));
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    zoned(form);
    if (!form.matches("form[data-send]")) {
      // Pressed twice it is sent once: the second answer to an invitation would be that it was used.
      if ("sent" in form.dataset) event.preventDefault();
      form.dataset.sent = "";
      return;
    }
    event.preventDefault();
    if (!("sending" in form.dataset)) send(form, event.submitter);
  });

  // Whoever leaves the page would leave behind what isn't sent yet.
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("#unsent .notice:not(.failed)")) event.preventDefault();
  });

  document.addEventListener("click", async (event) => {
    // What asked first is folded again; without a script this is a link to the page as it was.
    const fold = event.target.closest?.("[data-fold]");
    if (fold) {
      event.preventDefault();
      const asked = fold.closest("details");
      asked.open = false;
      asked.querySelector("summary").focus();
      return;
    }
    const copy = event.target.closest?.("[data-copy-from]");
    if (!copy) return;
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copyFrom).value);
    announce.textContent = "Copied.";
    copy.textContent = "Copied";
  });

  // Whoever comes back to a page can send its forms again.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  // A place further down the same page is no other page.
  addEventListener("popstate", () => here() === shown || location.reload());
  addEventListener("online", refreshSoon);
  addEventListener("offline", () => connected(false));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && main()?.dataset.cycle) refreshSoon();
  });

  localise(document);
  adjust();
  tick();
  setInterval(tick, 250);
  follow();
  document.querySelector("#alert .alert")?.focus();
})();
