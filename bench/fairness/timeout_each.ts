/** After each message, a timer of its own. */
import { listenAndEcho } from "./listen.ts";

listenAndEcho(() => new Promise((resolve) => setTimeout(resolve, 0)));
