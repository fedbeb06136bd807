/** A queue that moves on in batches: see src/listeners/turns.ts. */
import { listen, writeAll } from "./listen.ts";
import { Turns } from "../../src/listeners/turns.ts";

const turns = new Turns();

listen(async (conn) => {
  const buffer = new Uint8Array(64 * 1024);
  turns.enter();
  try {
    while (true) {
      const turn = turns.next();
      if (turn !== undefined) await turn;
      const length = await conn.read(buffer);
      if (length === null) return;
      turns.served();
      await writeAll(conn, buffer.subarray(0, length));
    }
  } finally {
    turns.leave();
  }
});
