// The programme owner's pages, each by itself: accessible in both schemes and both sizes, still, reached by keyboard.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { DESK, PHONE, accessible, browser, fits, join, reachable, start, still } from "./lib.mjs";

const SHOTS = process.env.PEERCIRCLE_SHOTS;
let server, chrome;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
  const owner = await join(chrome, server, "Programme owner", { viewport: DESK });
  // A group that nobody is invited into, beside those of the sample.
  await owner.page.goto(`${server.base}/groups/new`);
  const people = ["Sales", "Finance", "IT", "Quality", "Research"].map((department, at) => `Peer ${"ABCDE"[at]},Team lead,${department},North`);
  await owner.page.getByLabel("The roster").fill(`name,level,department,group\n${people.join("\n")}\n`);
  await owner.press("Look at it");
  await owner.page.getByLabel("Module").selectOption("listening");
  await owner.press("Make this group");
  await owner.page.getByRole("heading", { name: "1 of 1 group is made" }).waitFor();
  await owner.context.close();
  // Harbour's session 1 was to be yesterday.
  await server.clock("2026-03-06T09:00:00Z");
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

const PAGES = {
  programme: "Programme",
  groups: "Groups",
  "groups/new": "New groups",
  "groups/harbour": "Harbour",
  "groups/north": "North",
  "cycles/harbour-1": "Harbour",
  "cycles/orchard-1": "Orchard",
  "cycles/granite-1": "Granite",
  "cycles/quarry-1": "Quarry",
  people: "People",
  "people/ana": "Ana Diaz",
  "people/ana/erase": "Erase Ana Diaz?",
  processes: "Processes",
  audit: "Audit",
};

for (const [size, viewport] of Object.entries({ phone: PHONE, desk: DESK })) {
  for (const colorScheme of ["light", "dark"]) {
    test(`every page on a ${size}, ${colorScheme}`, async () => {
      const owner = await join(chrome, server, "Programme owner", { viewport, colorScheme, reducedMotion: "reduce" });
      for (const [path, title] of Object.entries(PAGES)) {
        const what = `${path}, ${size}, ${colorScheme}`;
        await owner.page.goto(`${server.base}/${path}`);
        await owner.at(title);
        await still(owner.page, what);
        await accessible(owner.page, what);
        if (size === "phone") await fits(owner.page, what);
        const shot = `${SHOTS}/owner-${path.replaceAll("/", "-")}-${size}-${colorScheme}`;
        if (SHOTS) await owner.page.screenshot({ path: `${shot}.png`, fullPage: true });
        // What is folded is looked at as well.
        await owner.page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await accessible(owner.page, `${what}, unfolded`);
        if (size === "phone") await fits(owner.page, `${what}, unfolded`);
        if (SHOTS && path === "cycles/harbour-1") await owner.page.screenshot({ path: `${shot}-unfolded.png`, fullPage: true });
      }
      assert.deepEqual(owner.complaints, []);
      await owner.context.close();
    });
  }
}

test("everything is reached by keyboard", async () => {
  const owner = await join(chrome, server, "Programme owner", { viewport: DESK });
  for (const path of Object.keys(PAGES)) {
    await owner.page.goto(`${server.base}/${path}`);
    await reachable(owner.page, path);
  }
  await owner.page.goto(`${server.base}/cycles/harbour-1`);
  await owner.page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await reachable(owner.page, "the organiser's commands, unfolded");
  await owner.context.close();
});

test("from what waits to what helps, by keyboard alone; a refusal is read, and gets the focus", async () => {
  const owner = await join(chrome, server, "Programme owner", { viewport: DESK });
  const { page } = owner;
  const to = async (wanted) => {
    for (let presses = 0; presses < 150; presses += 1) {
      await page.keyboard.press("Tab");
      const text = await page.evaluate(() => document.activeElement.innerText ?? "");
      const name = await page.evaluate(() => document.activeElement.name ?? "");
      if (text === wanted || name === wanted) return;
    }
    assert.fail(`${wanted} isn't reached`);
  };
  await owner.page.getByRole("heading", { name: "4 groups wait for you" }).waitFor();
  await to("Harbour");
  await page.keyboard.press("Enter");
  await owner.at("Harbour");
  await owner.sees(/^Session 1 is overdue. It was to be on/);
  await to("Give it another date");
  await page.keyboard.press("Enter");
  await to("Reschedule a session");
  await page.keyboard.press("Enter");
  await to("starts_at");
  // A day that is past, the same whether days or months come first; whoever counts to twelve says which half of the day.
  await page.keyboard.type("03032026");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1000A");
  await to("Reschedule a session");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("The rules say no").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.className), "alert");
  // In the reader's own time, and never as machines write it.
  await page.getByRole("alert").getByText(/6 March 2026 at 10:00/).waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /\d{4}-\d\d-\d\dT/);
  await accessible(page, "a refusal");
  await owner.context.close();
});

test("without the script everything is there, in UTC", async () => {
  const owner = await join(chrome, server, "Programme owner", { javaScriptEnabled: false });
  await owner.sees("4 groups wait for you");
  await owner.page.locator("#groups tr", { hasText: "Orchard" }).getByText("UTC").waitFor();
  await owner.context.close();
});
