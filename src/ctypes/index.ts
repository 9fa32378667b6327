export * from "./abi.ts";
export * from "./array.ts";
export * from "./attribute.ts";
export * from "./bit-field.ts";
export * from "./function.ts";
export * from "./owner.ts";
export * from "./scalar.ts";
export * from "./struct.ts";
