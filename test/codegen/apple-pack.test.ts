import { describe, expect, it } from "vitest";
import {
  gss_channel_bindings_struct,
  gss_iov_buffer_desc,
  gss_key_value_set_desc,
  gss_OID_desc,
} from "../../generated/gssapi/structs.ts";

describe("structs that Apple's headers pack", () => {
  it.each([
    [gss_OID_desc, 16, 12],
    [gss_iov_buffer_desc, 24, 20],
    [gss_channel_bindings_struct, 64, 56],
  ])("are smaller on Apple's x86-64 than elsewhere ($0.name)", (struct, natural, packed) => {
    expect(struct.layouts["posix-64"].size).toBe(natural);
    expect(struct.layouts["darwin-x64"].size).toBe(packed);
  });

  it("place every field where the documented packing places it", () => {
    expect(gss_channel_bindings_struct.layouts["darwin-x64"].offsets).toEqual({
      initiator_addrtype: 0,
      initiator_address: 4,
      acceptor_addrtype: 20,
      acceptor_address: 24,
      application_data: 40,
    });
  });

  it("are laid out as elsewhere where the header does not pack them", () => {
    expect(gss_key_value_set_desc.layouts["darwin-x64"]).toEqual(gss_key_value_set_desc.layouts["posix-64"]);
  });
});
