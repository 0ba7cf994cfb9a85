// The adapter's half of the plugin; what converts is in convert.ts, which robots do not load.
export { toyVla, toyVla as plugin } from "./toy-adapter.ts";
