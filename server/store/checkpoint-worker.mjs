// Plain JavaScript: threads do not get the TypeScript loader of the program that starts them.
import { parentPort, workerData } from "node:worker_threads";
import Database from "libsql";

const database = new Database(workerData.path, { timeout: 1000 });
database.exec("PRAGMA synchronous = FULL");
// Only asked here, never in the way of what commits.
database.exec("PRAGMA wal_autocheckpoint = 0");

parentPort.on("message", (message) => {
  if (message === "close") {
    database.close();
    parentPort.close();
    return;
  }
  try {
    // Takes what it can without waiting for anybody: readers and the writer go on.
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // A full disk, say. The commit that finds the WAL too long says so.
  }
  parentPort.postMessage("done");
});
