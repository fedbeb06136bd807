/** After each message, one more microtask: it never leaves the turn of the event loop. */
import { listenAndEcho } from "./listen.ts";

listenAndEcho(() => Promise.resolve());
