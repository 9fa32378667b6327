export * from "./abi.ts";
export * from "./attribute.ts";
export * from "./function.ts";
export * from "./owner.ts";
export * from "./scalar.ts";
export * from "./struct.ts";
