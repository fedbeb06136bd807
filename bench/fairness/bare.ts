/** Nothing is done: the loop that everything is compared with. */
import { listenAndEcho } from "./listen.ts";

listenAndEcho(() => undefined);
