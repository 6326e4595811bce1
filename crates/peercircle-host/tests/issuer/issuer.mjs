// Two issuers on loopback, with keys `rs`, `es` and `ed` each. Says where they are, then answers a line of JSON with a line of JSON;
// ends when nobody asks any more.

import { createSign, generateKeyPairSync } from "node:crypto";
import { createInterface } from "node:readline";
import { SignJWT, exportSPKI, importJWK } from "jose";
import { OAuth2Server } from "oauth2-mock-server";

async function issuer() {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256", { kid: "rs" });
  await server.issuer.keys.generate("ES256", { kid: "es" });
  await server.issuer.keys.generate("EdDSA", { kid: "ed", crv: "Ed25519" });
  await server.start(0, "127.0.0.1");
  server.issuer.url = `http://127.0.0.1:${server.address().port}`;
  return server;
}

const servers = [await issuer(), await issuer()];
const secret = (text) => new TextEncoder().encode(text);
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

const commands = {
  // A token as the issuer itself makes it.
  token: ({ server, kid, claims, header }) =>
    servers[server].issuer.buildToken({
      kid,
      scopesOrTransform: (ours, payload) => {
        for (const claim of ["iss", "iat", "exp", "nbf"]) delete payload[claim];
        Object.assign(payload, claims);
        Object.assign(ours, header);
      },
    }),
  // One that is signed with a key of the issuer's in whatever way.
  sign: async ({ server, kid, alg, claims, header }) => {
    const jwk = servers[server].issuer.keys.toJSON(true).find((key) => key.kid === kid);
    const key = await importJWK({ ...jwk, alg }, alg);
    return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key);
  },
  // One that is "signed" with what everybody knows.
  public: async ({ server, kid, as, claims }) => {
    const jwk = servers[server].issuer.keys.toJSON().find((key) => key.kid === kid);
    const known = { jwk: JSON.stringify(jwk), n: jwk.n, pem: await exportSPKI(await importJWK(jwk, jwk.alg)) };
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid }).sign(secret(known[as]));
  },
  unsigned: ({ claims, header }) => `${encoded({ alg: "none", ...header })}.${encoded(claims)}.`,
  // One that is signed well, by a key that is too short to be safe; and the key.
  short: ({ kid, claims }) => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const signed = `${encoded({ alg: "RS256", kid })}.${encoded(claims)}`;
    const signature = createSign("RSA-SHA256").update(signed).sign(privateKey).toString("base64url");
    return { token: `${signed}.${signature}`, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
  },
  // The issuer has one key more from now on.
  rotate: async ({ server, kid }) => (await servers[server].issuer.keys.generate("RS256", { kid })).kid,
  jwk: ({ server, kid }) => servers[server].issuer.keys.toJSON().find((key) => key.kid === kid),
};

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
say(servers.map((server) => server.issuer.url));
for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...rest } = JSON.parse(line);
  try {
    say({ ok: await commands[name](rest) });
  } catch (error) {
    say({ error: String(error) });
  }
}
process.exit(0);
