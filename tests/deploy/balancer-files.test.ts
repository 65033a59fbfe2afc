import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/agent.ts";
import { balancerPath } from "../support/bring-tools.ts";
import { fillIn } from "./balancer.ts";

const DEPLOY = fileURLToPath(new URL("../../deploy/", import.meta.url));
const HUBS = { HUB_1: "127.0.0.1:8081", HUB_2: "127.0.0.1:8082", HUB_3: "127.0.0.1:8083" };
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** A certificate that nobody trusts, as both programs want it. */
async function makeCertificate() {
  const folder = await temporaryFolder();
  const [key, certificate, both] = ["key", "certificate", "hub.pem"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]; // of three names
  const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=hub", "-days", "2"];
  spawnSync("openssl", [...words, "-keyout", key, "-out", certificate]);
  writeFileSync(both, readFileSync(certificate, "utf8") + readFileSync(key, "utf8"));
  return { key, certificate, both };
}

function checkHaproxy(listen: string, hubs: Readonly<Record<string, string>> = HUBS) {
  return spawnSync(balancerPath("haproxy"), ["-c", "-f", join(DEPLOY, "haproxy.cfg")], {
    encoding: "utf8",
    env: { ...process.env, LISTEN: listen, ...hubs },
  });
}

async function checkNginx(listen: string, more = "") {
  const folder = await temporaryFolder();
  const file = join(folder, "nginx.conf");
  const text = fillIn(readFileSync(join(DEPLOY, "nginx.conf"), "utf8"), { ...HUBS, LISTEN: listen });
  writeFileSync(file, text.replace(`listen ${listen};`, `listen ${listen}; ${more}`));
  const own = `pid ${join(folder, "pid")};`;
  return spawnSync(balancerPath("nginx"), ["-t", "-q", "-c", file, "-p", folder, "-g", own], {
    encoding: "utf8",
  });
}

describe("haproxy -c", () => {
  test("takes the file without a warning", () => {
    const { status, stderr } = checkHaproxy("127.0.0.1:18080");
    expect(stderr).not.toMatch(/WARNING|ALERT/);
    expect(status).toBe(0);
  });

  test.skipIf(!hasOpenssl)("takes it with TLS, as its head says how", async () => {
    const { both } = await makeCertificate();
    const { status, stderr } = checkHaproxy(`127.0.0.1:18443 ssl crt ${both}`);
    expect(stderr).not.toContain("ALERT");
    expect(status).toBe(0);
  });

  test("starts also while a hub's name is not known yet", () => {
    expect(checkHaproxy("127.0.0.1:18080", { ...HUBS, HUB_2: "hub2.invalid:8080" }).status).toBe(0);
  });
});

describe("nginx -t", () => {
  test("takes the file without a word", async () => {
    expect(await checkNginx("18080")).toMatchObject({ status: 0, stderr: "" });
  });

  test.skipIf(!hasOpenssl)("takes it with TLS, as its head says how", async () => {
    const { key, certificate } = await makeCertificate();
    const more = `ssl_certificate ${certificate}; ssl_certificate_key ${key};`;
    expect(await checkNginx("18443 ssl", more)).toMatchObject({ status: 0, stderr: "" });
  });
});
