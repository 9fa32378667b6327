/** Returns the documentation page of an entity: the header's usual page, another page, a URL, or none. */
export function docsOf(
  base: string | undefined,
  usual: string,
  page: string | false | undefined,
): { readonly docs?: string } {
  if (page === false) return {};
  if (page?.startsWith("https://")) return { docs: page };
  return base === undefined ? {} : { docs: base + (page ?? usual) };
}
