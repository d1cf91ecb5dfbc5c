export { OpenStack, type ConnectOptions } from './client.ts'

export type {
  CloudConfig,
  ConfigSource,
  Credential,
  DomainReference,
  Interface,
  Reference,
  Scope,
  TlsConfig,
} from './cloud-config/cloud-config.ts'
export { CloudConfigError, type ConfigErrorCode } from './cloud-config/config-error.ts'
export { cloudConfigFromEntry, type EntryPlace } from './cloud-config/entry.ts'
export { listClouds, loadCloudConfig, type ListedCloud, type LoadOptions } from './cloud-config/load.ts'
export type { ConfigFiles, Environment } from './cloud-config/search.ts'
export { Secret } from './cloud-config/secret.ts'

export { OpenStackError, type ErrorCode, type ErrorDetails, type Stage } from './error/openstack-error.ts'
export { codeOfFault } from './error/fault-code.ts'
export * from './error/predicates.ts'

export type { CatalogEndpoint, CatalogService, Named, Owned, TokenCredential } from './auth/token.ts'
export type { MicroversionWish } from './discovery/microversion.ts'
export type { Hooks, RequestEvent, ResponseEvent } from './transport/hooks.ts'
export { collect, type PageOptions } from './transport/paginate.ts'
export type { ServiceCall, ServiceClient } from './transport/service-client.ts'
export type { CallOptions, RetryPolicy, Timeouts } from './transport/settings.ts'

export type { AccessRule, AllowedRequest } from './identity/access-rules.ts'
export type { ApplicationCredential, ApplicationCredentialCreate } from './identity/application-credentials.ts'
export type { Domain } from './identity/domains.ts'
export type { Whoami } from './identity/identity.ts'
export type { Project, ProjectChange, ProjectCreate, ProjectFilter } from './identity/projects.ts'
export type { AssignedTo, RoleAssignment, RoleAssignmentFilter } from './identity/role-assignments.ts'
export type { Grant, Role } from './identity/roles.ts'
export type { TokenDetails } from './identity/tokens.ts'
export type { User, UserChange, UserCreate, UserFilter } from './identity/users.ts'

export type { ImageDetails, ImageVisibility } from './image/image-details.ts'
export { hashOfImage, newHash, sameData, type ImageHash } from './image/image-hash.ts'
export type { ImageImport, ImportMethod } from './image/image-import.ts'
export type { ImageCreate, ImageFilter } from './image/images.ts'
export type { ImageStore, ImageUsage } from './image/info.ts'
export type { JsonPatch, JsonPatchOperation } from './image/json-patch.ts'
export type { ImageMember, MemberStatus } from './image/members.ts'
export type { MeterOptions, Transferred } from './image/metered.ts'
export type { DownloadOptions } from './image/open-data.ts'
export type { UploadOptions } from './image/send-data.ts'
export type { ImageTask, ImageTaskFilter } from './image/tasks.ts'
export type { WholeDownloadOptions } from './image/whole-data.ts'

export type { AbsoluteVolumeLimits } from './block-storage/limits.ts'
export type { BackupCreate, BackupFilter, VolumeBackup } from './block-storage/backups.ts'
export type { BlockStorageQuota } from './block-storage/quotas.ts'
export type { SnapshotChange, SnapshotCreate, SnapshotFilter, VolumeSnapshot } from './block-storage/snapshots.ts'
export type { VolumeTransfer } from './block-storage/transfers.ts'
export type { VolumeUpload } from './block-storage/volume-actions.ts'
export type { VolumeType } from './block-storage/volume-types.ts'
export type { Volume, VolumeAttachment } from './block-storage/volume.ts'
export type { VolumeChange, VolumeCreate, VolumeDeletion, VolumeFilter } from './block-storage/volumes.ts'

export type { AvailabilityZone } from './compute/availability-zones.ts'
export type { Flavor, FlavorCreate, FlavorFilter } from './compute/flavors.ts'
export type { InstanceAction, InstanceActionEvent } from './compute/instance-actions.ts'
export type { Keypair, KeypairCreateOptions, KeypairOptions } from './compute/keypairs.ts'
export type { AbsoluteLimits, Usage } from './compute/limits.ts'
export type { ComputeQuota } from './compute/quotas.ts'
export type { Server, ServerAddress, ServerFault, ServerFlavor } from './compute/server.ts'
export type { ConsoleType } from './compute/server-consoles.ts'
export type { BlockDevice, ServerCount, ServerCreate, ServerNetwork } from './compute/server-create.ts'
export type { ServerDiagnostics } from './compute/server-diagnostics.ts'
export type { ServerGroup, ServerGroupCreate, ServerGroupPolicy } from './compute/server-groups.ts'
export type { InterfaceAttach, ServerInterface } from './compute/server-interfaces.ts'
export type { ServerRebuild } from './compute/server-rebuild.ts'
export type { ServerChange, ServerFilter } from './compute/servers.ts'
export type { ProjectUsage, ServerUsage, UsageSpan } from './compute/usage.ts'
export type { ServerVolume, VolumeAttach } from './compute/volume-attachments.ts'

export type { NetworkAvailabilityZone } from './network/availability-zones.ts'
export type { NetworkExtension } from './network/extensions.ts'
export type { FloatingIp, FloatingIpCreate, FloatingIpFilter } from './network/floating-ips.ts'
export type {
  NetworkChange,
  NetworkCreate,
  NetworkDetails,
  NetworkFilter,
  ProviderNetwork,
} from './network/networks.ts'
export type { AddressPair, FixedIp, Port, PortBinding } from './network/port.ts'
export type { FixedIpWish, PortChange, PortCreate, PortFilter } from './network/ports.ts'
export type { NetworkQuota } from './network/quotas.ts'
export type { UpdateOptions } from './network/revision.ts'
export type {
  Gateway,
  GatewayWish,
  Router,
  RouterChange,
  RouterCreate,
  RouterFilter,
  RouterInterface,
  RouterLeg,
} from './network/routers.ts'
export type {
  SecurityGroupRule,
  SecurityGroupRuleCreate,
  SecurityGroupRuleFilter,
} from './network/security-group-rules.ts'
export type {
  SecurityGroup,
  SecurityGroupChange,
  SecurityGroupCreate,
  SecurityGroupFilter,
} from './network/security-groups.ts'
export type {
  AddressRange,
  Ipv6Mode,
  Route,
  Subnet,
  SubnetChange,
  SubnetCreate,
  SubnetFilter,
} from './network/subnets.ts'
export type { TaggedResource } from './network/tags.ts'
export type { Quota, QuotaLimits } from './quota.ts'
export type { Resource } from './schema.ts'

export { waitFor, type Look, type WaitOptions } from './wait/wait-for.ts'
export { waitForImageActive } from './wait/wait-for-image.ts'
export { serverFailure, waitForServer, waitForServerGone } from './wait/wait-for-server.ts'
export { waitForVolume, waitForVolumeGone, type ShowsStatus } from './wait/wait-for-volume.ts'

export type { AllocationCandidates, CandidateWish } from './placement/allocation-candidates.ts'
export type { ConsumerAllocations } from './placement/allocations.ts'
export type { Inventory, ResourceProvider, ResourceProviderFilter } from './placement/resource-providers.ts'
export type { Resources } from './placement/resources.ts'
