/**
 * Where the data come from: `glance-direct` what was staged, `web-download` an address that the cloud reaches, `copy-image`
 * the image's own data, for further stores, `glance-download` an image of another region.
 */
export type ImportMethod =
  | { method: 'glance-direct' }
  | { method: 'web-download'; uri: string }
  | { method: 'copy-image' }
  | {
      method: 'glance-download'
      imageId: string
      region: string
      /** Default of Glance: `public`. */
      serviceInterface?: string | undefined
    }

export type ImageImport = ImportMethod & {
  /** Ids of stores. Default: the cloud's default store. From API version 2.8. */
  stores?: readonly string[] | undefined
  /** Instead of `stores`. */
  allStores?: boolean | undefined
  /** False: one store is enough. Default of Glance: true. */
  allStoresMustSucceed?: boolean | undefined
}

/** https://docs.openstack.org/api-ref/image/v2/#import-an-image */
export function importBody(wish: ImageImport): object {
  return {
    method: methodBody(wish),
    stores: wish.stores,
    all_stores: wish.allStores,
    all_stores_must_succeed: wish.allStoresMustSucceed,
  }
}

function methodBody(wish: ImportMethod): object {
  switch (wish.method) {
    case 'web-download':
      return { name: wish.method, uri: wish.uri }
    case 'glance-download':
      return {
        name: wish.method,
        glance_image_id: wish.imageId,
        glance_region: wish.region,
        glance_service_interface: wish.serviceInterface,
      }
    default:
      return { name: wish.method }
  }
}
