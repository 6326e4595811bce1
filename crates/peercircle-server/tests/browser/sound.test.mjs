// Every page as narrow as phones are: names for everything, headings in order, nothing beyond the side of the screen.
import { after, before, test } from "node:test";
import { NARROW, browser, join, phone, sound, start } from "./lib.mjs";

let server, chrome;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

const PRINTS = ["/print/workbook", "/print/guide", "/print/job-aids"];

// One in each state that the sample has: in a session, before it, practising, gathering, adopting, at the end.
for (const name of ["Ana Diaz", "Greta Holm", "Mei Tanaka", "Tove Berg", "Yara Santos", "Eva Lund"]) {
  test(`a member's pages: ${name}`, async () => {
    const { page, context } = await join(chrome, server, name, { viewport: NARROW });
    await page.locator("h1").first().waitFor();
    const cycle = new URL(page.url()).pathname;
    const pages = ["", "/more", "/module", "/notes", "/group", ...(name === "Ana Diaz" || name === "Greta Holm" ? PRINTS : [])];
    for (const path of pages) {
      await page.goto(server.base + cycle + path);
      await sound(page, cycle + path);
    }
    await page.goto(`${server.base}/me`);
    await sound(page, "/me");
    await context.close();
  });
}

test("the programme owner's pages", async () => {
  const { page, context } = await join(chrome, server, "Programme owner", { viewport: NARROW });
  const cycles = ["harbour", "orchard", "granite", "quarry", "lighthouse"].map((name) => `cycles/${name}-1`);
  for (const path of ["programme", "groups", "groups/new", "groups/harbour", ...cycles, "people", "people/ana", "people/ana/erase", "processes", "audit", "me", "nowhere"]) {
    await page.goto(`${server.base}/${path}`);
    await sound(page, path);
  }
  await context.close();
});

test("whoever isn't signed in", async () => {
  const { page, context } = await phone(chrome, "a guest", { viewport: NARROW });
  for (const path of ["", "demo", "out", "in/nothing"]) {
    await page.goto(`${server.base}/${path}`);
    await sound(page, `/${path}`);
  }
  await context.close();
});
