// Every page by itself: readable, accessible, in both schemes, on a phone and on a desk, with and without the script.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { DESK, PHONE, accessible, browser, fits, join, start } from "./lib.mjs";

const SHOTS = process.env.PEERCIRCLE_SHOTS;
let server, chrome;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

const MEMBERS = { "Ana Diaz": "Story sharing", "Bo Lindqvist": "Story sharing", "Ines Costa": "Delegation", "Mei Tanaka": "Practice", "Tove Berg": "We gather", "Yara Santos": "Adoption", "Eva Lund": "Completed" };

for (const [name, title] of Object.entries(MEMBERS)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}, ${colorScheme}`, async () => {
      const one = await join(chrome, server, name, { colorScheme });
      await one.at(title);
      const now = one.page.url();
      for (const to of ["", "/module", "/notes", "/group", "/more"]) {
        await one.page.goto(now + to);
        const what = `${name} ${to || "now"} ${colorScheme}`;
        await accessible(one.page, what);
        await fits(one.page, what);
        if (SHOTS) await one.page.screenshot({ path: `${SHOTS}/${one.first}-${to.slice(1) || "now"}-phone-${colorScheme}.png`, fullPage: true });
        if (SHOTS && colorScheme === "light") {
          await one.page.setViewportSize(DESK);
          await one.page.screenshot({ path: `${SHOTS}/${one.first}-${to.slice(1) || "now"}-desk.png` });
          await one.page.setViewportSize(PHONE);
        }
      }
      // What is folded is looked at as well.
      await one.page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
      await accessible(one.page, `${name}, everything unfolded`);
      await fits(one.page, `${name}, everything unfolded`);
      assert.deepEqual(one.complaints, []);
      await one.context.close();
    });
  }
}

test("without the script a reply is given all the same", async () => {
  const one = await join(chrome, server, "Jonas Weber", { javaScriptEnabled: false });
  await one.press("No");
  await one.sees("Your reply: declined.");
  await one.context.close();
});

test("by keyboard alone", async () => {
  const one = await join(chrome, server, "Liam Byrne");
  await one.at("Delegation");
  for (let presses = 0; presses < 60; presses += 1) {
    await one.page.keyboard.press("Tab");
    if ((await one.page.evaluate(() => document.activeElement?.textContent)) === "Maybe") break;
  }
  await one.page.keyboard.press("Enter");
  await one.sees("Your reply: tentative.");
  await one.context.close();
});

test("nothing moves while the clock runs", async () => {
  const one = await join(chrome, server, "Dana Levi");
  await one.at("Story sharing");
  const moved = await one.page.evaluate(
    () =>
      new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 2500);
      }),
  );
  assert.ok(moved < 0.02, `moved by ${moved}`);
  await one.context.close();
});

test("what one types stays while the others go on", async () => {
  const [mei, noah] = [await join(chrome, server, "Mei Tanaka"), await join(chrome, server, "Noah Fischer")];
  await mei.page.locator("section", { hasText: "Feedback on session 1" }).getByRole("textbox").fill("Half a sentence");
  await noah.press("Yes");
  await mei.page.getByRole("link", { name: "Group" }).waitFor();
  await mei.page.waitForFunction(() => Number(document.getElementById("main").dataset.revision) > 0);
  const before = Number(await mei.page.locator("main").getAttribute("data-revision"));
  await noah.press("No");
  await mei.page.waitForFunction((before) => Number(document.getElementById("main").dataset.revision) > before, before);
  assert.equal(await mei.page.locator("section", { hasText: "Feedback on session 1" }).getByRole("textbox").inputValue(), "Half a sentence");
  await mei.context.close();
  await noah.context.close();
});

test("another's page isn't there, and signed out there is nothing", async () => {
  const one = await join(chrome, server, "Ana Diaz");
  const answer = await one.page.goto(`${server.base}/c/orchard-1`);
  assert.equal(answer.status(), 404);
  await one.page.goto(`${server.base}/me`);
  await one.sure("Sign out here", "Yes, sign out here");
  await one.at("Whom would you like to be?");
  assert.equal((await one.page.goto(`${server.base}/c/lighthouse-1`)).status(), 401);
  await accessible(one.page, "signed out");
  await one.context.close();
});
