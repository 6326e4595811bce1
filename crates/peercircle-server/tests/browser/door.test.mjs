// In and out, and what stays the group's: the first page of a new service, links that are no longer good, leaving, languages, dates.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, join, look, phone, start, startNew } from "./lib.mjs";

let server, chrome;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

test("a new service: look around first, then begin; and the sample is gone", async () => {
  const fresh = await startNew();
  try {
    const one = await phone(chrome, "whoever started it");
    await one.page.goto(fresh.base);
    await one.at("Peer learning groups");
    await look(one.page, "first-page");
    await one.press("Look at a sample organisation");
    await one.at("Whom would you like to be?");
    await look(one.page, "sample-people");
    await one.page.getByRole("link", { name: "Mei Tanaka" }).click();
    await one.at("Practice");
    // The invitation that was printed, pressed as an impatient thumb does.
    await one.page.goto(fresh.invitation);
    await one.page.getByRole("button", { name: "This is me: open my page" }).dblclick();
    await one.sees("Make the first groups");
    assert.equal((await one.page.goto(`${fresh.base}/demo`)).status(), 404);
    await one.page.goto(fresh.invitation);
    await one.sees("Make the first groups");
    const other = await phone(chrome, "somebody else");
    assert.equal((await other.page.goto(fresh.invitation)).status(), 410);
    await other.at("This invitation was used");
    await look(other.page, "used-invitation");
    assert.equal((await other.page.goto(`${fresh.invitation}x`)).status(), 404);
    await look(other.page, "no-such-link");
    await other.page.goto(fresh.base);
    await other.sees("open the personal link from your invitation");
    await look(other.page, "welcome");
    await one.page.goto(`${fresh.base}/me`);
    await look(one.page, "me");
    await one.sure("Sign out here", "Yes, sign out here");
    await one.at("You are signed out");
    await look(one.page, "signed-out");
    await one.context.close();
    await other.context.close();
  } finally {
    await fresh.stop();
  }
});

test("a date in a refusal is in the reader's own time", async () => {
  const mei = await join(chrome, server, "Mei Tanaka");
  await mei.page.getByText("Move it").click();
  await mei.page.getByLabel("When").fill("2026-01-01T10:00");
  await mei.press("Set the date");
  // Nine o'clock in UTC.
  await mei.page.getByRole("alert").getByText(/after Monday,? 2 March 2026.*10:00/).waitFor();
  await look(mei.page, "refusal");
  assert.deepEqual(mei.complaints, []);
  await mei.context.close();
});

test("whoever is taken out of the group while their page is open hears so there", async () => {
  const [hugo, owner] = [await join(chrome, server, "Hugo Martin"), await join(chrome, server, "Programme owner")];
  await hugo.at("Delegation");
  await owner.page.goto(`${server.base}/cycles/harbour-1`);
  const form = owner.page.locator("details", { hasText: "Withdraw a member" });
  await form.locator("summary").click();
  await form.getByLabel("Who").selectOption({ label: "Hugo Martin" });
  await form.getByRole("button").click();
  await hugo.at("You are no longer in this group");
  await look(hugo.page, "left");
  await hugo.page.getByRole("link", { name: "To my page" }).click();
  await hugo.at("My groups");
  await look(hugo.page, "no-group");
  await hugo.page.getByRole("link", { name: "What I wrote there" }).click();
  await hugo.at("What I wrote");
  await look(hugo.page, "what-i-wrote");
  await hugo.context.close();
  await owner.context.close();
});

test("a module in the language of the phone, or in the one that is chosen, without the script as well", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const noah = await join(chrome, server, "Noah Fischer", { locale: "de-CH", javaScriptEnabled });
    await noah.at("Practice");
    // Without a script nothing can look through a page either.
    const see = javaScriptEnabled ? look : async () => {};
    await see(noah.page, "practice-de");
    await noah.page.getByRole("link", { name: "Module" }).click();
    await noah.page.locator("h1 [lang=de]").waitFor();
    await see(noah.page, "module-de");
    await noah.press("English");
    await noah.page.locator("h1 [lang=de]").waitFor({ state: "detached" });
    assert.equal(await noah.page.getByRole("button", { name: "English" }).getAttribute("aria-pressed"), "true");
    await noah.page.reload();
    assert.equal(await noah.page.locator("[lang=de]:not(button)").count(), 0);
    await see(noah.page, "module-en");
    assert.deepEqual(noah.complaints, []);
    await noah.context.close();
  }
});

test("a recovery code opens notes again, where HR has ended every sign-in of a group that talks", async () => {
  const [ana, owner] = [await join(chrome, server, "Ana Diaz"), await join(chrome, server, "Programme owner")];
  await ana.page.goto(`${server.base}/me`);
  await look(ana.page, "me-without-a-code");
  await ana.press("Show me a code");
  const code = await ana.page.locator(".code").textContent();
  await look(ana.page, "recovery-code");
  const invitation = await owner.page.evaluate(async () => {
    const ask = (method, path, body) => fetch(`/api/v1${path}`, { method, body: body && JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    for (const person of ["ana", "bo", "chidi", "dana", "emil", "farah"]) await ask("DELETE", `/people/${person}/links`);
    return (await ask("POST", "/invitations", { role: "member", person: "ana" })).json();
  });
  const again = await phone(chrome, "Ana's other phone");
  await again.page.goto(`${server.base}/in/${invitation.token}`);
  await again.press("This is me: open my page");
  await again.sees("Not sure yet that it is you");
  await look(again.page, "not-sure-yet");
  await again.page.getByRole("link", { name: "I have a recovery code" }).click();
  await again.page.getByLabel("My recovery code").fill("0000 0000 0000 0000 0000");
  await again.press("It is me: open my notes");
  await again.page.getByRole("alert").getByText("That isn't your recovery code").waitFor();
  await look(again.page, "another-code");
  await again.page.getByLabel("My recovery code").fill(code.toLowerCase());
  await again.press("It is me: open my notes");
  await again.at("Story sharing");
  assert.equal(await again.page.getByText("Not sure yet that it is you").count(), 0);
  await again.page.getByRole("link", { name: "Notes" }).click();
  await again.sees("Write something down");
  for (const one of [ana, owner, again]) {
    assert.deepEqual(one.complaints, []);
    await one.context.close();
  }
});

test("an end says what comes next", async () => {
  const eva = await join(chrome, server, "Eva Lund");
  await eva.at("Completed");
  await eva.sees("What comes next");
  await look(eva.page, "completed");
  await eva.context.close();
});
