/** What it takes to start Deno, and to do nothing. */
export {};
