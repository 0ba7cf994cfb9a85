// What every package does with files of this machine; in Node only.
export { cachedSnapshot } from "./files/cached-snapshot.ts";
export { decodeText, isLfsPointer, LFS_POINTER } from "./files/decode-text.ts";
export { makeFolder } from "./files/make-folder.ts";
export { writeWhole } from "./files/write-whole.ts";
