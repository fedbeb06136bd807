/**
 * What is used of prom-client. A module of its own, so that it can be loaded
 * late: a bundler keeps no names of a CommonJS module that is imported so.
 *
 * @module
 */

export { Registry } from "prom-client";
