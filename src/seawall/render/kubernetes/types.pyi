# The objects of Kubernetes and of its custom resources, as types. Written by tools/kubernetes_types.py.

from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

class AWSElasticBlockStoreVolumeSource(TypedDict, total=False):
    fsType: str
    partition: int
    readOnly: bool
    volumeID: Required[str]

class Affinity(TypedDict, total=False):
    nodeAffinity: NodeAffinity
    podAffinity: PodAffinity
    podAntiAffinity: PodAntiAffinity

class AppArmorProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class AzureDiskVolumeSource(TypedDict, total=False):
    cachingMode: str
    diskName: Required[str]
    diskURI: Required[str]
    fsType: str
    kind: str
    readOnly: bool

class AzureFileVolumeSource(TypedDict, total=False):
    readOnly: bool
    secretName: Required[str]
    shareName: Required[str]

class CSIVolumeSource(TypedDict, total=False):
    driver: Required[str]
    fsType: str
    nodePublishSecretRef: LocalObjectReference
    readOnly: bool
    volumeAttributes: Mapping[str, str]

class Capabilities(TypedDict, total=False):
    add: Sequence[str]
    drop: Sequence[str]

class CephFSVolumeSource(TypedDict, total=False):
    monitors: Required[Sequence[str]]
    path: str
    readOnly: bool
    secretFile: str
    secretRef: LocalObjectReference
    user: str

class Certificate(TypedDict, total=False):
    metadata: ObjectMeta
    spec: CertificateSpec

class CertificateSpec(TypedDict, total=False):
    additionalOutputFormats: Sequence[CertificateSpecAdditionalOutputFormats]
    commonName: str
    dnsNames: Sequence[str]
    duration: str
    emailAddresses: Sequence[str]
    encodeUsagesInRequest: bool
    ipAddresses: Sequence[str]
    isCA: bool
    issuerRef: Required[CertificateSpecIssuerRef]
    keystores: CertificateSpecKeystores
    literalSubject: str
    nameConstraints: CertificateSpecNameConstraints
    otherNames: Sequence[CertificateSpecOtherNames]
    privateKey: CertificateSpecPrivateKey
    renewBefore: str
    renewBeforePercentage: int
    revisionHistoryLimit: int
    secretName: Required[str]
    secretTemplate: CertificateSpecSecretTemplate
    signatureAlgorithm: str
    subject: CertificateSpecSubject
    uris: Sequence[str]
    usages: Sequence[str]

class CertificateSpecAdditionalOutputFormats(TypedDict, total=False):
    type: Required[str]

class CertificateSpecIssuerRef(TypedDict, total=False):
    group: str
    kind: str
    name: Required[str]

class CertificateSpecKeystores(TypedDict, total=False):
    jks: CertificateSpecKeystoresJks
    pkcs12: CertificateSpecKeystoresPkcs12

class CertificateSpecKeystoresJks(TypedDict, total=False):
    alias: str
    create: Required[bool]
    password: str
    passwordSecretRef: CertificateSpecKeystoresJksPasswordSecretRef

class CertificateSpecKeystoresJksPasswordSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class CertificateSpecKeystoresPkcs12(TypedDict, total=False):
    create: Required[bool]
    password: str
    passwordSecretRef: CertificateSpecKeystoresPkcs12PasswordSecretRef
    profile: str

class CertificateSpecKeystoresPkcs12PasswordSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class CertificateSpecNameConstraints(TypedDict, total=False):
    critical: bool
    excluded: CertificateSpecNameConstraintsExcluded
    permitted: CertificateSpecNameConstraintsPermitted

class CertificateSpecNameConstraintsExcluded(TypedDict, total=False):
    dnsDomains: Sequence[str]
    emailAddresses: Sequence[str]
    ipRanges: Sequence[str]
    uriDomains: Sequence[str]

class CertificateSpecNameConstraintsPermitted(TypedDict, total=False):
    dnsDomains: Sequence[str]
    emailAddresses: Sequence[str]
    ipRanges: Sequence[str]
    uriDomains: Sequence[str]

class CertificateSpecOtherNames(TypedDict, total=False):
    oid: str
    utf8Value: str

class CertificateSpecPrivateKey(TypedDict, total=False):
    algorithm: str
    encoding: str
    rotationPolicy: str
    size: int

class CertificateSpecSecretTemplate(TypedDict, total=False):
    annotations: Mapping[str, str]
    labels: Mapping[str, str]

class CertificateSpecSubject(TypedDict, total=False):
    countries: Sequence[str]
    localities: Sequence[str]
    organizationalUnits: Sequence[str]
    organizations: Sequence[str]
    postalCodes: Sequence[str]
    provinces: Sequence[str]
    serialNumber: str
    streetAddresses: Sequence[str]

class CinderVolumeSource(TypedDict, total=False):
    fsType: str
    readOnly: bool
    secretRef: LocalObjectReference
    volumeID: Required[str]

class ClientIPConfig(TypedDict, total=False):
    timeoutSeconds: int

class Cluster(TypedDict, total=False):
    metadata: Required[ObjectMeta]
    spec: Required[ClusterSpec]

class ClusterIssuer(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[ClusterIssuerSpec]

class ClusterIssuerSpec(TypedDict, total=False):
    acme: ClusterIssuerSpecAcme
    ca: ClusterIssuerSpecCa
    selfSigned: ClusterIssuerSpecSelfSigned
    vault: ClusterIssuerSpecVault
    venafi: ClusterIssuerSpecVenafi

class ClusterIssuerSpecAcme(TypedDict, total=False):
    caBundle: str
    disableAccountKeyGeneration: bool
    email: str
    enableDurationFeature: bool
    externalAccountBinding: ClusterIssuerSpecAcmeExternalAccountBinding
    preferredChain: str
    privateKeySecretRef: Required[ClusterIssuerSpecAcmePrivateKeySecretRef]
    profile: str
    server: Required[str]
    skipTLSVerify: bool
    solvers: Sequence[ClusterIssuerSpecAcmeSolvers]

class ClusterIssuerSpecAcmeExternalAccountBinding(TypedDict, total=False):
    keyAlgorithm: str
    keyID: Required[str]
    keySecretRef: Required[ClusterIssuerSpecAcmeExternalAccountBindingKeySecretRef]

class ClusterIssuerSpecAcmeExternalAccountBindingKeySecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecAcmePrivateKeySecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecAcmeSolvers(TypedDict, total=False):
    dns01: ClusterIssuerSpecAcmeSolversDns01
    http01: ClusterIssuerSpecAcmeSolversHttp01
    selector: ClusterIssuerSpecAcmeSolversSelector

class ClusterIssuerSpecAcmeSolversDns01(TypedDict, total=False):
    acmeDNS: ClusterIssuerSpecAcmeSolversDns01AcmeDNS
    akamai: ClusterIssuerSpecAcmeSolversDns01Akamai
    azureDNS: ClusterIssuerSpecAcmeSolversDns01AzureDNS
    cloudDNS: ClusterIssuerSpecAcmeSolversDns01CloudDNS
    cloudflare: ClusterIssuerSpecAcmeSolversDns01Cloudflare
    cnameStrategy: str
    digitalocean: ClusterIssuerSpecAcmeSolversDns01Digitalocean
    rfc2136: ClusterIssuerSpecAcmeSolversDns01Rfc2136
    route53: ClusterIssuerSpecAcmeSolversDns01Route53
    webhook: ClusterIssuerSpecAcmeSolversDns01Webhook

class ClusterIssuerSpecAcmeSolversDns01AcmeDNS(TypedDict, total=False):
    accountSecretRef: Required[Any]
    host: Required[Any]

class ClusterIssuerSpecAcmeSolversDns01Akamai(TypedDict, total=False):
    accessTokenSecretRef: Required[Any]
    clientSecretSecretRef: Required[Any]
    clientTokenSecretRef: Required[Any]
    serviceConsumerDomain: Required[Any]

class ClusterIssuerSpecAcmeSolversDns01AzureDNS(TypedDict, total=False):
    clientID: Any
    clientSecretSecretRef: Any
    environment: Any
    hostedZoneName: Any
    managedIdentity: Any
    resourceGroupName: Required[Any]
    subscriptionID: Required[Any]
    tenantID: Any
    zoneType: Any

class ClusterIssuerSpecAcmeSolversDns01CloudDNS(TypedDict, total=False):
    hostedZoneName: Any
    project: Required[Any]
    serviceAccountSecretRef: Any

class ClusterIssuerSpecAcmeSolversDns01Cloudflare(TypedDict, total=False):
    apiKeySecretRef: Any
    apiTokenSecretRef: Any
    email: Any

class ClusterIssuerSpecAcmeSolversDns01Digitalocean(TypedDict, total=False):
    tokenSecretRef: Required[Any]

class ClusterIssuerSpecAcmeSolversDns01Rfc2136(TypedDict, total=False):
    nameserver: Required[Any]
    protocol: Any
    tsigAlgorithm: Any
    tsigKeyName: Any
    tsigSecretSecretRef: Any

class ClusterIssuerSpecAcmeSolversDns01Route53(TypedDict, total=False):
    accessKeyID: Any
    accessKeyIDSecretRef: Any
    auth: Any
    hostedZoneID: Any
    region: Any
    role: Any
    secretAccessKeySecretRef: Any

class ClusterIssuerSpecAcmeSolversDns01Webhook(TypedDict, total=False):
    config: Any
    groupName: Required[Any]
    solverName: Required[Any]

class ClusterIssuerSpecAcmeSolversHttp01(TypedDict, total=False):
    gatewayHTTPRoute: ClusterIssuerSpecAcmeSolversHttp01GatewayHTTPRoute
    ingress: ClusterIssuerSpecAcmeSolversHttp01Ingress

class ClusterIssuerSpecAcmeSolversHttp01GatewayHTTPRoute(TypedDict, total=False):
    labels: Any
    parentRefs: Any
    podTemplate: Any
    serviceType: Any

ClusterIssuerSpecAcmeSolversHttp01Ingress = TypedDict(
    "ClusterIssuerSpecAcmeSolversHttp01Ingress",
    {
        "class": Any,
        "ingressClassName": Any,
        "ingressTemplate": Any,
        "name": Any,
        "podTemplate": Any,
        "serviceType": Any,
    },
    total=False,
)

class ClusterIssuerSpecAcmeSolversSelector(TypedDict, total=False):
    dnsNames: Sequence[str]
    dnsZones: Sequence[str]
    matchLabels: Mapping[str, str]

class ClusterIssuerSpecCa(TypedDict, total=False):
    crlDistributionPoints: Sequence[str]
    issuingCertificateURLs: Sequence[str]
    ocspServers: Sequence[str]
    secretName: Required[str]

class ClusterIssuerSpecSelfSigned(TypedDict, total=False):
    crlDistributionPoints: Sequence[str]

class ClusterIssuerSpecVault(TypedDict, total=False):
    auth: Required[ClusterIssuerSpecVaultAuth]
    caBundle: str
    caBundleSecretRef: ClusterIssuerSpecVaultCaBundleSecretRef
    clientCertSecretRef: ClusterIssuerSpecVaultClientCertSecretRef
    clientKeySecretRef: ClusterIssuerSpecVaultClientKeySecretRef
    namespace: str
    path: Required[str]
    server: Required[str]
    serverName: str

class ClusterIssuerSpecVaultAuth(TypedDict, total=False):
    appRole: ClusterIssuerSpecVaultAuthAppRole
    clientCertificate: ClusterIssuerSpecVaultAuthClientCertificate
    kubernetes: ClusterIssuerSpecVaultAuthKubernetes
    tokenSecretRef: ClusterIssuerSpecVaultAuthTokenSecretRef

class ClusterIssuerSpecVaultAuthAppRole(TypedDict, total=False):
    path: Required[str]
    roleId: Required[str]
    secretRef: Required[ClusterIssuerSpecVaultAuthAppRoleSecretRef]

class ClusterIssuerSpecVaultAuthAppRoleSecretRef(TypedDict, total=False):
    key: Any
    name: Required[Any]

class ClusterIssuerSpecVaultAuthClientCertificate(TypedDict, total=False):
    mountPath: str
    name: str
    secretName: str

class ClusterIssuerSpecVaultAuthKubernetes(TypedDict, total=False):
    mountPath: str
    role: Required[str]
    secretRef: ClusterIssuerSpecVaultAuthKubernetesSecretRef
    serviceAccountRef: ClusterIssuerSpecVaultAuthKubernetesServiceAccountRef

class ClusterIssuerSpecVaultAuthKubernetesSecretRef(TypedDict, total=False):
    key: Any
    name: Required[Any]

class ClusterIssuerSpecVaultAuthKubernetesServiceAccountRef(TypedDict, total=False):
    audiences: Any
    name: Required[Any]

class ClusterIssuerSpecVaultAuthTokenSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecVaultCaBundleSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecVaultClientCertSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecVaultClientKeySecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecVenafi(TypedDict, total=False):
    cloud: ClusterIssuerSpecVenafiCloud
    tpp: ClusterIssuerSpecVenafiTpp
    zone: Required[str]

class ClusterIssuerSpecVenafiCloud(TypedDict, total=False):
    apiTokenSecretRef: Required[ClusterIssuerSpecVenafiCloudApiTokenSecretRef]
    url: str

class ClusterIssuerSpecVenafiCloudApiTokenSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecVenafiTpp(TypedDict, total=False):
    caBundle: str
    caBundleSecretRef: ClusterIssuerSpecVenafiTppCaBundleSecretRef
    credentialsRef: Required[ClusterIssuerSpecVenafiTppCredentialsRef]
    url: Required[str]

class ClusterIssuerSpecVenafiTppCaBundleSecretRef(TypedDict, total=False):
    key: str
    name: Required[str]

class ClusterIssuerSpecVenafiTppCredentialsRef(TypedDict, total=False):
    name: Required[str]

class ClusterSpec(TypedDict, total=False):
    affinity: ClusterSpecAffinity
    backup: ClusterSpecBackup
    bootstrap: ClusterSpecBootstrap
    certificates: ClusterSpecCertificates
    description: str
    enablePDB: bool
    enableSuperuserAccess: bool
    env: Sequence[ClusterSpecEnv]
    envFrom: Sequence[ClusterSpecEnvFrom]
    ephemeralVolumeSource: ClusterSpecEphemeralVolumeSource
    ephemeralVolumesSizeLimit: ClusterSpecEphemeralVolumesSizeLimit
    externalClusters: Sequence[ClusterSpecExternalClusters]
    failoverDelay: int
    imageCatalogRef: ClusterSpecImageCatalogRef
    imageName: str
    imagePullPolicy: str
    imagePullSecrets: Sequence[ClusterSpecImagePullSecrets]
    inheritedMetadata: ClusterSpecInheritedMetadata
    instances: Required[int]
    livenessProbeTimeout: int
    logLevel: str
    managed: ClusterSpecManaged
    maxSyncReplicas: int
    minSyncReplicas: int
    monitoring: ClusterSpecMonitoring
    nodeMaintenanceWindow: ClusterSpecNodeMaintenanceWindow
    plugins: Sequence[ClusterSpecPlugins]
    podSecurityContext: ClusterSpecPodSecurityContext
    podSelectorRefs: Sequence[ClusterSpecPodSelectorRefs]
    postgresGID: int
    postgresUID: int
    postgresql: ClusterSpecPostgresql
    primaryUpdateMethod: str
    primaryUpdateStrategy: str
    priorityClassName: str
    probes: ClusterSpecProbes
    projectedVolumeTemplate: ClusterSpecProjectedVolumeTemplate
    replica: ClusterSpecReplica
    replicationSlots: ClusterSpecReplicationSlots
    resources: ClusterSpecResources
    schedulerName: str
    seccompProfile: ClusterSpecSeccompProfile
    securityContext: ClusterSpecSecurityContext
    serviceAccountName: str
    serviceAccountTemplate: ClusterSpecServiceAccountTemplate
    smartShutdownTimeout: int
    startDelay: int
    stopDelay: int
    storage: ClusterSpecStorage
    superuserSecret: ClusterSpecSuperuserSecret
    switchoverDelay: int
    tablespaces: Sequence[ClusterSpecTablespaces]
    topologySpreadConstraints: Sequence[ClusterSpecTopologySpreadConstraints]
    walStorage: ClusterSpecWalStorage

class ClusterSpecAffinity(TypedDict, total=False):
    additionalPodAffinity: ClusterSpecAffinityAdditionalPodAffinity
    additionalPodAntiAffinity: ClusterSpecAffinityAdditionalPodAntiAffinity
    enablePodAntiAffinity: bool
    nodeAffinity: ClusterSpecAffinityNodeAffinity
    nodeSelector: Mapping[str, str]
    podAntiAffinityType: str
    tolerations: Sequence[ClusterSpecAffinityTolerations]
    topologyKey: str

class ClusterSpecAffinityAdditionalPodAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: Sequence[ClusterSpecAffinityAdditionalPodAffinityPreferredDuringSchedulingIgnoredDuringExecution]
    requiredDuringSchedulingIgnoredDuringExecution: Sequence[ClusterSpecAffinityAdditionalPodAffinityRequiredDuringSchedulingIgnoredDuringExecution]

class ClusterSpecAffinityAdditionalPodAffinityPreferredDuringSchedulingIgnoredDuringExecution(TypedDict, total=False):
    podAffinityTerm: Required[ClusterSpecAffinityAdditionalPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionPodAffinityTerm]
    weight: Required[int]

class ClusterSpecAffinityAdditionalPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionPodAffinityTerm(TypedDict, total=False):
    labelSelector: Any
    matchLabelKeys: Any
    mismatchLabelKeys: Any
    namespaceSelector: Any
    namespaces: Any
    topologyKey: Required[Any]

class ClusterSpecAffinityAdditionalPodAffinityRequiredDuringSchedulingIgnoredDuringExecution(TypedDict, total=False):
    labelSelector: ClusterSpecAffinityAdditionalPodAffinityRequiredDuringSchedulingIgnoredDuringExecutionLabelSelector
    matchLabelKeys: Sequence[str]
    mismatchLabelKeys: Sequence[str]
    namespaceSelector: ClusterSpecAffinityAdditionalPodAffinityRequiredDuringSchedulingIgnoredDuringExecutionNamespaceSelector
    namespaces: Sequence[str]
    topologyKey: Required[str]

class ClusterSpecAffinityAdditionalPodAffinityRequiredDuringSchedulingIgnoredDuringExecutionLabelSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecAffinityAdditionalPodAffinityRequiredDuringSchedulingIgnoredDuringExecutionNamespaceSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecAffinityAdditionalPodAntiAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: Sequence[ClusterSpecAffinityAdditionalPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecution]
    requiredDuringSchedulingIgnoredDuringExecution: Sequence[ClusterSpecAffinityAdditionalPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecution]

class ClusterSpecAffinityAdditionalPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecution(TypedDict, total=False):
    podAffinityTerm: Required[ClusterSpecAffinityAdditionalPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecutionPodAffinityTerm]
    weight: Required[int]

class ClusterSpecAffinityAdditionalPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecutionPodAffinityTerm(TypedDict, total=False):
    labelSelector: Any
    matchLabelKeys: Any
    mismatchLabelKeys: Any
    namespaceSelector: Any
    namespaces: Any
    topologyKey: Required[Any]

class ClusterSpecAffinityAdditionalPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecution(TypedDict, total=False):
    labelSelector: ClusterSpecAffinityAdditionalPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecutionLabelSelector
    matchLabelKeys: Sequence[str]
    mismatchLabelKeys: Sequence[str]
    namespaceSelector: ClusterSpecAffinityAdditionalPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecutionNamespaceSelector
    namespaces: Sequence[str]
    topologyKey: Required[str]

class ClusterSpecAffinityAdditionalPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecutionLabelSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecAffinityAdditionalPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecutionNamespaceSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecAffinityNodeAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: Sequence[ClusterSpecAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecution]
    requiredDuringSchedulingIgnoredDuringExecution: ClusterSpecAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecution

class ClusterSpecAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecution(TypedDict, total=False):
    preference: Required[ClusterSpecAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionPreference]
    weight: Required[int]

class ClusterSpecAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionPreference(TypedDict, total=False):
    matchExpressions: Any
    matchFields: Any

class ClusterSpecAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecution(TypedDict, total=False):
    nodeSelectorTerms: Required[Sequence[ClusterSpecAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecutionNodeSelectorTerms]]

class ClusterSpecAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecutionNodeSelectorTerms(TypedDict, total=False):
    matchExpressions: Any
    matchFields: Any

class ClusterSpecAffinityTolerations(TypedDict, total=False):
    effect: str
    key: str
    operator: str
    tolerationSeconds: int
    value: str

class ClusterSpecBackup(TypedDict, total=False):
    barmanObjectStore: ClusterSpecBackupBarmanObjectStore
    retentionPolicy: str
    target: str
    volumeSnapshot: ClusterSpecBackupVolumeSnapshot

class ClusterSpecBackupBarmanObjectStore(TypedDict, total=False):
    azureCredentials: ClusterSpecBackupBarmanObjectStoreAzureCredentials
    data: ClusterSpecBackupBarmanObjectStoreData
    destinationPath: Required[str]
    endpointCA: ClusterSpecBackupBarmanObjectStoreEndpointCA
    endpointURL: str
    googleCredentials: ClusterSpecBackupBarmanObjectStoreGoogleCredentials
    historyTags: Mapping[str, str]
    s3Credentials: ClusterSpecBackupBarmanObjectStoreS3Credentials
    serverName: str
    tags: Mapping[str, str]
    wal: ClusterSpecBackupBarmanObjectStoreWal

class ClusterSpecBackupBarmanObjectStoreAzureCredentials(TypedDict, total=False):
    connectionString: ClusterSpecBackupBarmanObjectStoreAzureCredentialsConnectionString
    inheritFromAzureAD: bool
    storageAccount: ClusterSpecBackupBarmanObjectStoreAzureCredentialsStorageAccount
    storageKey: ClusterSpecBackupBarmanObjectStoreAzureCredentialsStorageKey
    storageSasToken: ClusterSpecBackupBarmanObjectStoreAzureCredentialsStorageSasToken
    useDefaultAzureCredentials: bool

class ClusterSpecBackupBarmanObjectStoreAzureCredentialsConnectionString(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreAzureCredentialsStorageAccount(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreAzureCredentialsStorageKey(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreAzureCredentialsStorageSasToken(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreData(TypedDict, total=False):
    additionalCommandArgs: Sequence[str]
    compression: str
    encryption: str
    immediateCheckpoint: bool
    jobs: int

class ClusterSpecBackupBarmanObjectStoreEndpointCA(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ClusterSpecBackupBarmanObjectStoreGoogleCredentials(TypedDict, total=False):
    applicationCredentials: ClusterSpecBackupBarmanObjectStoreGoogleCredentialsApplicationCredentials
    gkeEnvironment: bool

class ClusterSpecBackupBarmanObjectStoreGoogleCredentialsApplicationCredentials(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreS3Credentials(TypedDict, total=False):
    accessKeyId: ClusterSpecBackupBarmanObjectStoreS3CredentialsAccessKeyId
    inheritFromIAMRole: bool
    region: ClusterSpecBackupBarmanObjectStoreS3CredentialsRegion
    secretAccessKey: ClusterSpecBackupBarmanObjectStoreS3CredentialsSecretAccessKey
    sessionToken: ClusterSpecBackupBarmanObjectStoreS3CredentialsSessionToken

class ClusterSpecBackupBarmanObjectStoreS3CredentialsAccessKeyId(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreS3CredentialsRegion(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreS3CredentialsSecretAccessKey(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreS3CredentialsSessionToken(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBackupBarmanObjectStoreWal(TypedDict, total=False):
    archiveAdditionalCommandArgs: Sequence[str]
    compression: str
    encryption: str
    maxParallel: int
    restoreAdditionalCommandArgs: Sequence[str]

class ClusterSpecBackupVolumeSnapshot(TypedDict, total=False):
    annotations: Mapping[str, str]
    className: str
    labels: Mapping[str, str]
    online: bool
    onlineConfiguration: ClusterSpecBackupVolumeSnapshotOnlineConfiguration
    snapshotOwnerReference: str
    tablespaceClassName: Mapping[str, str]
    walClassName: str

class ClusterSpecBackupVolumeSnapshotOnlineConfiguration(TypedDict, total=False):
    immediateCheckpoint: bool
    waitForArchive: bool

class ClusterSpecBootstrap(TypedDict, total=False):
    initdb: ClusterSpecBootstrapInitdb
    pg_basebackup: ClusterSpecBootstrapPgBasebackup
    recovery: ClusterSpecBootstrapRecovery

ClusterSpecBootstrapInitdb = TypedDict(
    "ClusterSpecBootstrapInitdb",
    {
        "builtinLocale": str,
        "dataChecksums": bool,
        "database": str,
        "encoding": str,
        "icuLocale": str,
        "icuRules": str,
        "import": ClusterSpecBootstrapInitdbImport,
        "locale": str,
        "localeCType": str,
        "localeCollate": str,
        "localeProvider": str,
        "options": Sequence[str],
        "owner": str,
        "postInitApplicationSQL": Sequence[str],
        "postInitApplicationSQLRefs": ClusterSpecBootstrapInitdbPostInitApplicationSQLRefs,
        "postInitSQL": Sequence[str],
        "postInitSQLRefs": ClusterSpecBootstrapInitdbPostInitSQLRefs,
        "postInitTemplateSQL": Sequence[str],
        "postInitTemplateSQLRefs": ClusterSpecBootstrapInitdbPostInitTemplateSQLRefs,
        "secret": ClusterSpecBootstrapInitdbSecret,
        "walSegmentSize": int,
    },
    total=False,
)

class ClusterSpecBootstrapInitdbImport(TypedDict, total=False):
    databases: Required[Sequence[str]]
    pgDumpExtraOptions: Sequence[str]
    pgRestoreDataOptions: Sequence[str]
    pgRestoreExtraOptions: Sequence[str]
    pgRestorePostdataOptions: Sequence[str]
    pgRestorePredataOptions: Sequence[str]
    postImportApplicationSQL: Sequence[str]
    roles: Sequence[str]
    schemaOnly: bool
    source: Required[ClusterSpecBootstrapInitdbImportSource]
    type: Required[str]

class ClusterSpecBootstrapInitdbImportSource(TypedDict, total=False):
    externalCluster: Required[Any]

class ClusterSpecBootstrapInitdbPostInitApplicationSQLRefs(TypedDict, total=False):
    configMapRefs: Sequence[ClusterSpecBootstrapInitdbPostInitApplicationSQLRefsConfigMapRefs]
    secretRefs: Sequence[ClusterSpecBootstrapInitdbPostInitApplicationSQLRefsSecretRefs]

class ClusterSpecBootstrapInitdbPostInitApplicationSQLRefsConfigMapRefs(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapInitdbPostInitApplicationSQLRefsSecretRefs(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapInitdbPostInitSQLRefs(TypedDict, total=False):
    configMapRefs: Sequence[ClusterSpecBootstrapInitdbPostInitSQLRefsConfigMapRefs]
    secretRefs: Sequence[ClusterSpecBootstrapInitdbPostInitSQLRefsSecretRefs]

class ClusterSpecBootstrapInitdbPostInitSQLRefsConfigMapRefs(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapInitdbPostInitSQLRefsSecretRefs(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapInitdbPostInitTemplateSQLRefs(TypedDict, total=False):
    configMapRefs: Sequence[ClusterSpecBootstrapInitdbPostInitTemplateSQLRefsConfigMapRefs]
    secretRefs: Sequence[ClusterSpecBootstrapInitdbPostInitTemplateSQLRefsSecretRefs]

class ClusterSpecBootstrapInitdbPostInitTemplateSQLRefsConfigMapRefs(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapInitdbPostInitTemplateSQLRefsSecretRefs(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapInitdbSecret(TypedDict, total=False):
    name: Required[str]

class ClusterSpecBootstrapPgBasebackup(TypedDict, total=False):
    database: str
    owner: str
    secret: ClusterSpecBootstrapPgBasebackupSecret
    source: Required[str]

class ClusterSpecBootstrapPgBasebackupSecret(TypedDict, total=False):
    name: Required[str]

class ClusterSpecBootstrapRecovery(TypedDict, total=False):
    backup: ClusterSpecBootstrapRecoveryBackup
    database: str
    owner: str
    recoveryTarget: ClusterSpecBootstrapRecoveryRecoveryTarget
    secret: ClusterSpecBootstrapRecoverySecret
    source: str
    volumeSnapshots: ClusterSpecBootstrapRecoveryVolumeSnapshots

class ClusterSpecBootstrapRecoveryBackup(TypedDict, total=False):
    endpointCA: ClusterSpecBootstrapRecoveryBackupEndpointCA
    name: Required[str]

class ClusterSpecBootstrapRecoveryBackupEndpointCA(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapRecoveryRecoveryTarget(TypedDict, total=False):
    backupID: str
    exclusive: bool
    targetImmediate: bool
    targetLSN: str
    targetName: str
    targetTLI: str
    targetTime: str
    targetXID: str

class ClusterSpecBootstrapRecoverySecret(TypedDict, total=False):
    name: Required[str]

class ClusterSpecBootstrapRecoveryVolumeSnapshots(TypedDict, total=False):
    storage: Required[ClusterSpecBootstrapRecoveryVolumeSnapshotsStorage]
    tablespaceStorage: Mapping[str, ClusterSpecBootstrapRecoveryVolumeSnapshotsTablespaceStorage]
    walStorage: ClusterSpecBootstrapRecoveryVolumeSnapshotsWalStorage

class ClusterSpecBootstrapRecoveryVolumeSnapshotsStorage(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapRecoveryVolumeSnapshotsTablespaceStorage(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]

class ClusterSpecBootstrapRecoveryVolumeSnapshotsWalStorage(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]

class ClusterSpecCertificates(TypedDict, total=False):
    clientCASecret: str
    replicationTLSSecret: str
    serverAltDNSNames: Sequence[str]
    serverCASecret: str
    serverTLSSecret: str

class ClusterSpecEnv(TypedDict, total=False):
    name: Required[str]
    value: str
    valueFrom: ClusterSpecEnvValueFrom

class ClusterSpecEnvFrom(TypedDict, total=False):
    configMapRef: ClusterSpecEnvFromConfigMapRef
    prefix: str
    secretRef: ClusterSpecEnvFromSecretRef

class ClusterSpecEnvFromConfigMapRef(TypedDict, total=False):
    name: str
    optional: bool

class ClusterSpecEnvFromSecretRef(TypedDict, total=False):
    name: str
    optional: bool

class ClusterSpecEnvValueFrom(TypedDict, total=False):
    configMapKeyRef: ClusterSpecEnvValueFromConfigMapKeyRef
    fieldRef: ClusterSpecEnvValueFromFieldRef
    fileKeyRef: ClusterSpecEnvValueFromFileKeyRef
    resourceFieldRef: ClusterSpecEnvValueFromResourceFieldRef
    secretKeyRef: ClusterSpecEnvValueFromSecretKeyRef

class ClusterSpecEnvValueFromConfigMapKeyRef(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ClusterSpecEnvValueFromFieldRef(TypedDict, total=False):
    apiVersion: str
    fieldPath: Required[str]

class ClusterSpecEnvValueFromFileKeyRef(TypedDict, total=False):
    key: Required[str]
    optional: bool
    path: Required[str]
    volumeName: Required[str]

class ClusterSpecEnvValueFromResourceFieldRef(TypedDict, total=False):
    containerName: str
    divisor: int | str
    resource: Required[str]

class ClusterSpecEnvValueFromSecretKeyRef(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ClusterSpecEphemeralVolumeSource(TypedDict, total=False):
    volumeClaimTemplate: ClusterSpecEphemeralVolumeSourceVolumeClaimTemplate

class ClusterSpecEphemeralVolumeSourceVolumeClaimTemplate(TypedDict, total=False):
    metadata: Mapping[str, Any]
    spec: Required[ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpec]

class ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpec(TypedDict, total=False):
    accessModes: Sequence[str]
    dataSource: ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecDataSource
    dataSourceRef: ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecDataSourceRef
    resources: ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecResources
    selector: ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecSelector
    storageClassName: str
    volumeAttributesClassName: str
    volumeMode: str
    volumeName: str

class ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecDataSource(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]

class ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecDataSourceRef(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]
    namespace: Any

class ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecResources(TypedDict, total=False):
    limits: Any
    requests: Any

class ClusterSpecEphemeralVolumeSourceVolumeClaimTemplateSpecSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecEphemeralVolumesSizeLimit(TypedDict, total=False):
    shm: int | str
    temporaryData: int | str

class ClusterSpecExternalClusters(TypedDict, total=False):
    barmanObjectStore: ClusterSpecExternalClustersBarmanObjectStore
    connectionParameters: Mapping[str, str]
    name: Required[str]
    password: ClusterSpecExternalClustersPassword
    plugin: ClusterSpecExternalClustersPlugin
    sslCert: ClusterSpecExternalClustersSslCert
    sslKey: ClusterSpecExternalClustersSslKey
    sslRootCert: ClusterSpecExternalClustersSslRootCert

class ClusterSpecExternalClustersBarmanObjectStore(TypedDict, total=False):
    azureCredentials: ClusterSpecExternalClustersBarmanObjectStoreAzureCredentials
    data: ClusterSpecExternalClustersBarmanObjectStoreData
    destinationPath: Required[str]
    endpointCA: ClusterSpecExternalClustersBarmanObjectStoreEndpointCA
    endpointURL: str
    googleCredentials: ClusterSpecExternalClustersBarmanObjectStoreGoogleCredentials
    historyTags: Mapping[str, str]
    s3Credentials: ClusterSpecExternalClustersBarmanObjectStoreS3Credentials
    serverName: str
    tags: Mapping[str, str]
    wal: ClusterSpecExternalClustersBarmanObjectStoreWal

class ClusterSpecExternalClustersBarmanObjectStoreAzureCredentials(TypedDict, total=False):
    connectionString: ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsConnectionString
    inheritFromAzureAD: bool
    storageAccount: ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsStorageAccount
    storageKey: ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsStorageKey
    storageSasToken: ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsStorageSasToken
    useDefaultAzureCredentials: bool

class ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsConnectionString(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsStorageAccount(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsStorageKey(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreAzureCredentialsStorageSasToken(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreData(TypedDict, total=False):
    additionalCommandArgs: Sequence[str]
    compression: str
    encryption: str
    immediateCheckpoint: bool
    jobs: int

class ClusterSpecExternalClustersBarmanObjectStoreEndpointCA(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ClusterSpecExternalClustersBarmanObjectStoreGoogleCredentials(TypedDict, total=False):
    applicationCredentials: ClusterSpecExternalClustersBarmanObjectStoreGoogleCredentialsApplicationCredentials
    gkeEnvironment: bool

class ClusterSpecExternalClustersBarmanObjectStoreGoogleCredentialsApplicationCredentials(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreS3Credentials(TypedDict, total=False):
    accessKeyId: ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsAccessKeyId
    inheritFromIAMRole: bool
    region: ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsRegion
    secretAccessKey: ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsSecretAccessKey
    sessionToken: ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsSessionToken

class ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsAccessKeyId(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsRegion(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsSecretAccessKey(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreS3CredentialsSessionToken(TypedDict, total=False):
    key: Required[Any]
    name: Required[Any]

class ClusterSpecExternalClustersBarmanObjectStoreWal(TypedDict, total=False):
    archiveAdditionalCommandArgs: Sequence[str]
    compression: str
    encryption: str
    maxParallel: int
    restoreAdditionalCommandArgs: Sequence[str]

class ClusterSpecExternalClustersPassword(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ClusterSpecExternalClustersPlugin(TypedDict, total=False):
    enabled: bool
    isWALArchiver: bool
    name: Required[str]
    parameters: Mapping[str, str]

class ClusterSpecExternalClustersSslCert(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ClusterSpecExternalClustersSslKey(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ClusterSpecExternalClustersSslRootCert(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ClusterSpecImageCatalogRef(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    major: Required[int]
    name: Required[str]

class ClusterSpecImagePullSecrets(TypedDict, total=False):
    name: Required[str]

class ClusterSpecInheritedMetadata(TypedDict, total=False):
    annotations: Mapping[str, str]
    labels: Mapping[str, str]

class ClusterSpecManaged(TypedDict, total=False):
    roles: Sequence[ClusterSpecManagedRoles]
    services: ClusterSpecManagedServices

class ClusterSpecManagedRoles(TypedDict, total=False):
    bypassrls: bool
    comment: str
    connectionLimit: int
    createdb: bool
    createrole: bool
    disablePassword: bool
    ensure: str
    inRoles: Sequence[str]
    inherit: bool
    login: bool
    name: Required[str]
    passwordSecret: ClusterSpecManagedRolesPasswordSecret
    replication: bool
    superuser: bool
    validUntil: str

class ClusterSpecManagedRolesPasswordSecret(TypedDict, total=False):
    name: Required[str]

class ClusterSpecManagedServices(TypedDict, total=False):
    additional: Sequence[ClusterSpecManagedServicesAdditional]
    disabledDefaultServices: Sequence[str]

class ClusterSpecManagedServicesAdditional(TypedDict, total=False):
    selectorType: Required[str]
    serviceTemplate: Required[ClusterSpecManagedServicesAdditionalServiceTemplate]
    updateStrategy: str

class ClusterSpecManagedServicesAdditionalServiceTemplate(TypedDict, total=False):
    metadata: Any
    spec: Any

class ClusterSpecMonitoring(TypedDict, total=False):
    customQueriesConfigMap: Sequence[ClusterSpecMonitoringCustomQueriesConfigMap]
    customQueriesSecret: Sequence[ClusterSpecMonitoringCustomQueriesSecret]
    disableDefaultQueries: bool
    enablePodMonitor: bool
    metricsQueriesTTL: str
    podMonitorMetricRelabelings: Sequence[ClusterSpecMonitoringPodMonitorMetricRelabelings]
    podMonitorRelabelings: Sequence[ClusterSpecMonitoringPodMonitorRelabelings]
    tls: ClusterSpecMonitoringTls

class ClusterSpecMonitoringCustomQueriesConfigMap(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ClusterSpecMonitoringCustomQueriesSecret(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ClusterSpecMonitoringPodMonitorMetricRelabelings(TypedDict, total=False):
    action: str
    modulus: int
    regex: str
    replacement: str
    separator: str
    sourceLabels: Sequence[str]
    targetLabel: str

class ClusterSpecMonitoringPodMonitorRelabelings(TypedDict, total=False):
    action: str
    modulus: int
    regex: str
    replacement: str
    separator: str
    sourceLabels: Sequence[str]
    targetLabel: str

class ClusterSpecMonitoringTls(TypedDict, total=False):
    enabled: bool

class ClusterSpecNodeMaintenanceWindow(TypedDict, total=False):
    inProgress: bool
    reusePVC: bool

class ClusterSpecPlugins(TypedDict, total=False):
    enabled: bool
    isWALArchiver: bool
    name: Required[str]
    parameters: Mapping[str, str]

class ClusterSpecPodSecurityContext(TypedDict, total=False):
    appArmorProfile: ClusterSpecPodSecurityContextAppArmorProfile
    fsGroup: int
    fsGroupChangePolicy: str
    runAsGroup: int
    runAsNonRoot: bool
    runAsUser: int
    seLinuxChangePolicy: str
    seLinuxOptions: ClusterSpecPodSecurityContextSeLinuxOptions
    seccompProfile: ClusterSpecPodSecurityContextSeccompProfile
    supplementalGroups: Sequence[int]
    supplementalGroupsPolicy: str
    sysctls: Sequence[ClusterSpecPodSecurityContextSysctls]
    windowsOptions: ClusterSpecPodSecurityContextWindowsOptions

class ClusterSpecPodSecurityContextAppArmorProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class ClusterSpecPodSecurityContextSeLinuxOptions(TypedDict, total=False):
    level: str
    role: str
    type: str
    user: str

class ClusterSpecPodSecurityContextSeccompProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class ClusterSpecPodSecurityContextSysctls(TypedDict, total=False):
    name: Required[str]
    value: Required[str]

class ClusterSpecPodSecurityContextWindowsOptions(TypedDict, total=False):
    gmsaCredentialSpec: str
    gmsaCredentialSpecName: str
    hostProcess: bool
    runAsUserName: str

class ClusterSpecPodSelectorRefs(TypedDict, total=False):
    name: Required[str]
    selector: Required[ClusterSpecPodSelectorRefsSelector]

class ClusterSpecPodSelectorRefsSelector(TypedDict, total=False):
    matchExpressions: Sequence[ClusterSpecPodSelectorRefsSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class ClusterSpecPodSelectorRefsSelectorMatchExpressions(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: Sequence[str]

class ClusterSpecPostgresql(TypedDict, total=False):
    enableAlterSystem: bool
    extensions: Sequence[ClusterSpecPostgresqlExtensions]
    ldap: ClusterSpecPostgresqlLdap
    parameters: Mapping[str, str]
    pg_hba: Sequence[str]
    pg_ident: Sequence[str]
    promotionTimeout: int
    shared_preload_libraries: Sequence[str]
    syncReplicaElectionConstraint: ClusterSpecPostgresqlSyncReplicaElectionConstraint
    synchronous: ClusterSpecPostgresqlSynchronous

class ClusterSpecPostgresqlExtensions(TypedDict, total=False):
    bin_path: Sequence[str]
    dynamic_library_path: Sequence[str]
    env: Sequence[ClusterSpecPostgresqlExtensionsEnv]
    extension_control_path: Sequence[str]
    image: ClusterSpecPostgresqlExtensionsImage
    ld_library_path: Sequence[str]
    name: Required[str]

class ClusterSpecPostgresqlExtensionsEnv(TypedDict, total=False):
    name: Required[str]
    value: Required[str]

class ClusterSpecPostgresqlExtensionsImage(TypedDict, total=False):
    pullPolicy: str
    reference: str

class ClusterSpecPostgresqlLdap(TypedDict, total=False):
    bindAsAuth: ClusterSpecPostgresqlLdapBindAsAuth
    bindSearchAuth: ClusterSpecPostgresqlLdapBindSearchAuth
    port: int
    scheme: str
    server: str
    tls: bool

class ClusterSpecPostgresqlLdapBindAsAuth(TypedDict, total=False):
    prefix: str
    suffix: str

class ClusterSpecPostgresqlLdapBindSearchAuth(TypedDict, total=False):
    baseDN: str
    bindDN: str
    bindPassword: ClusterSpecPostgresqlLdapBindSearchAuthBindPassword
    searchAttribute: str
    searchFilter: str

class ClusterSpecPostgresqlLdapBindSearchAuthBindPassword(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ClusterSpecPostgresqlSyncReplicaElectionConstraint(TypedDict, total=False):
    enabled: Required[bool]
    nodeLabelsAntiAffinity: Sequence[str]

class ClusterSpecPostgresqlSynchronous(TypedDict, total=False):
    dataDurability: str
    failoverQuorum: bool
    maxStandbyNamesFromCluster: int
    method: Required[str]
    number: Required[int]
    standbyNamesPost: Sequence[str]
    standbyNamesPre: Sequence[str]

class ClusterSpecProbes(TypedDict, total=False):
    liveness: ClusterSpecProbesLiveness
    readiness: ClusterSpecProbesReadiness
    startup: ClusterSpecProbesStartup

class ClusterSpecProbesLiveness(TypedDict, total=False):
    failureThreshold: int
    initialDelaySeconds: int
    isolationCheck: ClusterSpecProbesLivenessIsolationCheck
    periodSeconds: int
    successThreshold: int
    terminationGracePeriodSeconds: int
    timeoutSeconds: int

class ClusterSpecProbesLivenessIsolationCheck(TypedDict, total=False):
    connectionTimeout: int
    enabled: bool
    requestTimeout: int

class ClusterSpecProbesReadiness(TypedDict, total=False):
    failureThreshold: int
    initialDelaySeconds: int
    maximumLag: int | str
    periodSeconds: int
    successThreshold: int
    terminationGracePeriodSeconds: int
    timeoutSeconds: int
    type: str

class ClusterSpecProbesStartup(TypedDict, total=False):
    failureThreshold: int
    initialDelaySeconds: int
    maximumLag: int | str
    periodSeconds: int
    successThreshold: int
    terminationGracePeriodSeconds: int
    timeoutSeconds: int
    type: str

class ClusterSpecProjectedVolumeTemplate(TypedDict, total=False):
    defaultMode: int
    sources: Sequence[ClusterSpecProjectedVolumeTemplateSources]

class ClusterSpecProjectedVolumeTemplateSources(TypedDict, total=False):
    clusterTrustBundle: ClusterSpecProjectedVolumeTemplateSourcesClusterTrustBundle
    configMap: ClusterSpecProjectedVolumeTemplateSourcesConfigMap
    downwardAPI: ClusterSpecProjectedVolumeTemplateSourcesDownwardAPI
    podCertificate: ClusterSpecProjectedVolumeTemplateSourcesPodCertificate
    secret: ClusterSpecProjectedVolumeTemplateSourcesSecret
    serviceAccountToken: ClusterSpecProjectedVolumeTemplateSourcesServiceAccountToken

class ClusterSpecProjectedVolumeTemplateSourcesClusterTrustBundle(TypedDict, total=False):
    labelSelector: ClusterSpecProjectedVolumeTemplateSourcesClusterTrustBundleLabelSelector
    name: str
    optional: bool
    path: Required[str]
    signerName: str

class ClusterSpecProjectedVolumeTemplateSourcesClusterTrustBundleLabelSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecProjectedVolumeTemplateSourcesConfigMap(TypedDict, total=False):
    items: Sequence[ClusterSpecProjectedVolumeTemplateSourcesConfigMapItems]
    name: str
    optional: bool

class ClusterSpecProjectedVolumeTemplateSourcesConfigMapItems(TypedDict, total=False):
    key: Required[Any]
    mode: Any
    path: Required[Any]

class ClusterSpecProjectedVolumeTemplateSourcesDownwardAPI(TypedDict, total=False):
    items: Sequence[ClusterSpecProjectedVolumeTemplateSourcesDownwardAPIItems]

class ClusterSpecProjectedVolumeTemplateSourcesDownwardAPIItems(TypedDict, total=False):
    fieldRef: Any
    mode: Any
    path: Required[Any]
    resourceFieldRef: Any

class ClusterSpecProjectedVolumeTemplateSourcesPodCertificate(TypedDict, total=False):
    certificateChainPath: str
    credentialBundlePath: str
    keyPath: str
    keyType: Required[str]
    maxExpirationSeconds: int
    signerName: Required[str]
    userAnnotations: Mapping[str, str]

class ClusterSpecProjectedVolumeTemplateSourcesSecret(TypedDict, total=False):
    items: Sequence[ClusterSpecProjectedVolumeTemplateSourcesSecretItems]
    name: str
    optional: bool

class ClusterSpecProjectedVolumeTemplateSourcesSecretItems(TypedDict, total=False):
    key: Required[Any]
    mode: Any
    path: Required[Any]

class ClusterSpecProjectedVolumeTemplateSourcesServiceAccountToken(TypedDict, total=False):
    audience: str
    expirationSeconds: int
    path: Required[str]

class ClusterSpecReplica(TypedDict, total=False):
    enabled: bool
    minApplyDelay: str
    primary: str
    promotionToken: str
    self: str
    source: Required[str]

class ClusterSpecReplicationSlots(TypedDict, total=False):
    highAvailability: ClusterSpecReplicationSlotsHighAvailability
    synchronizeReplicas: ClusterSpecReplicationSlotsSynchronizeReplicas
    updateInterval: int

class ClusterSpecReplicationSlotsHighAvailability(TypedDict, total=False):
    enabled: bool
    slotPrefix: str
    synchronizeLogicalDecoding: bool

class ClusterSpecReplicationSlotsSynchronizeReplicas(TypedDict, total=False):
    enabled: Required[bool]
    excludePatterns: Sequence[str]

class ClusterSpecResources(TypedDict, total=False):
    claims: Sequence[ClusterSpecResourcesClaims]
    limits: Mapping[str, int | str]
    requests: Mapping[str, int | str]

class ClusterSpecResourcesClaims(TypedDict, total=False):
    name: Required[str]
    request: str

class ClusterSpecSeccompProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class ClusterSpecSecurityContext(TypedDict, total=False):
    allowPrivilegeEscalation: bool
    appArmorProfile: ClusterSpecSecurityContextAppArmorProfile
    capabilities: ClusterSpecSecurityContextCapabilities
    privileged: bool
    procMount: str
    readOnlyRootFilesystem: bool
    runAsGroup: int
    runAsNonRoot: bool
    runAsUser: int
    seLinuxOptions: ClusterSpecSecurityContextSeLinuxOptions
    seccompProfile: ClusterSpecSecurityContextSeccompProfile
    windowsOptions: ClusterSpecSecurityContextWindowsOptions

class ClusterSpecSecurityContextAppArmorProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class ClusterSpecSecurityContextCapabilities(TypedDict, total=False):
    add: Sequence[str]
    drop: Sequence[str]

class ClusterSpecSecurityContextSeLinuxOptions(TypedDict, total=False):
    level: str
    role: str
    type: str
    user: str

class ClusterSpecSecurityContextSeccompProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class ClusterSpecSecurityContextWindowsOptions(TypedDict, total=False):
    gmsaCredentialSpec: str
    gmsaCredentialSpecName: str
    hostProcess: bool
    runAsUserName: str

class ClusterSpecServiceAccountTemplate(TypedDict, total=False):
    metadata: Required[ClusterSpecServiceAccountTemplateMetadata]

class ClusterSpecServiceAccountTemplateMetadata(TypedDict, total=False):
    annotations: Mapping[str, str]
    labels: Mapping[str, str]
    name: str

class ClusterSpecStorage(TypedDict, total=False):
    pvcTemplate: ClusterSpecStoragePvcTemplate
    resizeInUseVolumes: bool
    size: str
    storageClass: str

class ClusterSpecStoragePvcTemplate(TypedDict, total=False):
    accessModes: Sequence[str]
    dataSource: ClusterSpecStoragePvcTemplateDataSource
    dataSourceRef: ClusterSpecStoragePvcTemplateDataSourceRef
    resources: ClusterSpecStoragePvcTemplateResources
    selector: ClusterSpecStoragePvcTemplateSelector
    storageClassName: str
    volumeAttributesClassName: str
    volumeMode: str
    volumeName: str

class ClusterSpecStoragePvcTemplateDataSource(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]

class ClusterSpecStoragePvcTemplateDataSourceRef(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]
    namespace: str

class ClusterSpecStoragePvcTemplateResources(TypedDict, total=False):
    limits: Mapping[str, int | str]
    requests: Mapping[str, int | str]

class ClusterSpecStoragePvcTemplateSelector(TypedDict, total=False):
    matchExpressions: Sequence[ClusterSpecStoragePvcTemplateSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class ClusterSpecStoragePvcTemplateSelectorMatchExpressions(TypedDict, total=False):
    key: Required[Any]
    operator: Required[Any]
    values: Any

class ClusterSpecSuperuserSecret(TypedDict, total=False):
    name: Required[str]

class ClusterSpecTablespaces(TypedDict, total=False):
    name: Required[str]
    owner: ClusterSpecTablespacesOwner
    storage: Required[ClusterSpecTablespacesStorage]
    temporary: bool

class ClusterSpecTablespacesOwner(TypedDict, total=False):
    name: str

class ClusterSpecTablespacesStorage(TypedDict, total=False):
    pvcTemplate: ClusterSpecTablespacesStoragePvcTemplate
    resizeInUseVolumes: bool
    size: str
    storageClass: str

class ClusterSpecTablespacesStoragePvcTemplate(TypedDict, total=False):
    accessModes: Sequence[str]
    dataSource: ClusterSpecTablespacesStoragePvcTemplateDataSource
    dataSourceRef: ClusterSpecTablespacesStoragePvcTemplateDataSourceRef
    resources: ClusterSpecTablespacesStoragePvcTemplateResources
    selector: ClusterSpecTablespacesStoragePvcTemplateSelector
    storageClassName: str
    volumeAttributesClassName: str
    volumeMode: str
    volumeName: str

class ClusterSpecTablespacesStoragePvcTemplateDataSource(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]

class ClusterSpecTablespacesStoragePvcTemplateDataSourceRef(TypedDict, total=False):
    apiGroup: Any
    kind: Required[Any]
    name: Required[Any]
    namespace: Any

class ClusterSpecTablespacesStoragePvcTemplateResources(TypedDict, total=False):
    limits: Any
    requests: Any

class ClusterSpecTablespacesStoragePvcTemplateSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class ClusterSpecTopologySpreadConstraints(TypedDict, total=False):
    labelSelector: ClusterSpecTopologySpreadConstraintsLabelSelector
    matchLabelKeys: Sequence[str]
    maxSkew: Required[int]
    minDomains: int
    nodeAffinityPolicy: str
    nodeTaintsPolicy: str
    topologyKey: Required[str]
    whenUnsatisfiable: Required[str]

class ClusterSpecTopologySpreadConstraintsLabelSelector(TypedDict, total=False):
    matchExpressions: Sequence[ClusterSpecTopologySpreadConstraintsLabelSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class ClusterSpecTopologySpreadConstraintsLabelSelectorMatchExpressions(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: Sequence[str]

class ClusterSpecWalStorage(TypedDict, total=False):
    pvcTemplate: ClusterSpecWalStoragePvcTemplate
    resizeInUseVolumes: bool
    size: str
    storageClass: str

class ClusterSpecWalStoragePvcTemplate(TypedDict, total=False):
    accessModes: Sequence[str]
    dataSource: ClusterSpecWalStoragePvcTemplateDataSource
    dataSourceRef: ClusterSpecWalStoragePvcTemplateDataSourceRef
    resources: ClusterSpecWalStoragePvcTemplateResources
    selector: ClusterSpecWalStoragePvcTemplateSelector
    storageClassName: str
    volumeAttributesClassName: str
    volumeMode: str
    volumeName: str

class ClusterSpecWalStoragePvcTemplateDataSource(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]

class ClusterSpecWalStoragePvcTemplateDataSourceRef(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]
    namespace: str

class ClusterSpecWalStoragePvcTemplateResources(TypedDict, total=False):
    limits: Mapping[str, int | str]
    requests: Mapping[str, int | str]

class ClusterSpecWalStoragePvcTemplateSelector(TypedDict, total=False):
    matchExpressions: Sequence[ClusterSpecWalStoragePvcTemplateSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class ClusterSpecWalStoragePvcTemplateSelectorMatchExpressions(TypedDict, total=False):
    key: Required[Any]
    operator: Required[Any]
    values: Any

class ClusterTrustBundleProjection(TypedDict, total=False):
    labelSelector: LabelSelector
    name: str
    optional: bool
    path: Required[str]
    signerName: str
    user: int

class ConfigMap(TypedDict, total=False):
    binaryData: Mapping[str, str]
    data: Mapping[str, str]
    immutable: bool
    metadata: ObjectMeta

class ConfigMapEnvSource(TypedDict, total=False):
    name: str
    optional: bool

class ConfigMapKeySelector(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ConfigMapProjection(TypedDict, total=False):
    items: Sequence[KeyToPath]
    name: str
    optional: bool

class ConfigMapVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    items: Sequence[KeyToPath]
    name: str
    optional: bool

class Container(TypedDict, total=False):
    args: Sequence[str]
    command: Sequence[str]
    env: Sequence[EnvVar]
    envFrom: Sequence[EnvFromSource]
    image: str
    imagePullPolicy: str
    lifecycle: Lifecycle
    livenessProbe: Probe
    name: Required[str]
    ports: Sequence[ContainerPort]
    readinessProbe: Probe
    resizePolicy: Sequence[ContainerResizePolicy]
    resources: ResourceRequirements
    restartPolicy: str
    restartPolicyRules: Sequence[ContainerRestartRule]
    securityContext: SecurityContext
    startupProbe: Probe
    stdin: bool
    stdinOnce: bool
    terminationMessagePath: str
    terminationMessagePolicy: str
    tty: bool
    volumeDevices: Sequence[VolumeDevice]
    volumeMounts: Sequence[VolumeMount]
    workingDir: str

class ContainerPort(TypedDict, total=False):
    containerPort: Required[int]
    hostIP: str
    hostPort: int
    name: str
    protocol: str

class ContainerResizePolicy(TypedDict, total=False):
    resourceName: Required[str]
    restartPolicy: Required[str]

class ContainerResourceMetricSource(TypedDict, total=False):
    container: Required[str]
    name: Required[str]
    target: Required[MetricTarget]

class ContainerRestartRule(TypedDict, total=False):
    action: Required[str]
    exitCodes: ContainerRestartRuleOnExitCodes

class ContainerRestartRuleOnExitCodes(TypedDict, total=False):
    operator: Required[str]
    values: Sequence[int]

class CronJob(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[CronJobSpec]

class CronJobSpec(TypedDict, total=False):
    concurrencyPolicy: str
    failedJobsHistoryLimit: int
    jobTemplate: Required[JobTemplateSpec]
    schedule: Required[str]
    startingDeadlineSeconds: int
    successfulJobsHistoryLimit: int
    suspend: bool
    timeZone: str

class CrossVersionObjectReference(TypedDict, total=False):
    apiVersion: str
    kind: Required[str]
    name: Required[str]

class Deployment(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[DeploymentSpec]

class DeploymentSpec(TypedDict, total=False):
    minReadySeconds: int
    paused: bool
    progressDeadlineSeconds: int
    replicas: int
    revisionHistoryLimit: int
    selector: Required[LabelSelector]
    strategy: DeploymentStrategy
    template: Required[PodTemplateSpec]

class DeploymentStrategy(TypedDict, total=False):
    rollingUpdate: RollingUpdateDeployment
    type: str

class DownwardAPIProjection(TypedDict, total=False):
    items: Sequence[DownwardAPIVolumeFile]

class DownwardAPIVolumeFile(TypedDict, total=False):
    fieldRef: ObjectFieldSelector
    mode: int
    path: Required[str]
    resourceFieldRef: ResourceFieldSelector
    user: int

class DownwardAPIVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    items: Sequence[DownwardAPIVolumeFile]

class EmptyDirVolumeSource(TypedDict, total=False):
    medium: str
    mode: int
    sizeLimit: int | str

class EnvFromSource(TypedDict, total=False):
    configMapRef: ConfigMapEnvSource
    prefix: str
    secretRef: SecretEnvSource

class EnvVar(TypedDict, total=False):
    name: Required[str]
    value: str
    valueFrom: EnvVarSource

class EnvVarSource(TypedDict, total=False):
    configMapKeyRef: ConfigMapKeySelector
    fieldRef: ObjectFieldSelector
    fileKeyRef: FileKeySelector
    resourceFieldRef: ResourceFieldSelector
    secretKeyRef: SecretKeySelector

class EphemeralContainer(TypedDict, total=False):
    args: Sequence[str]
    command: Sequence[str]
    env: Sequence[EnvVar]
    envFrom: Sequence[EnvFromSource]
    image: str
    imagePullPolicy: str
    lifecycle: Lifecycle
    livenessProbe: Probe
    name: Required[str]
    ports: Sequence[ContainerPort]
    readinessProbe: Probe
    resizePolicy: Sequence[ContainerResizePolicy]
    resources: ResourceRequirements
    restartPolicy: str
    restartPolicyRules: Sequence[ContainerRestartRule]
    securityContext: SecurityContext
    startupProbe: Probe
    stdin: bool
    stdinOnce: bool
    targetContainerName: str
    terminationMessagePath: str
    terminationMessagePolicy: str
    tty: bool
    volumeDevices: Sequence[VolumeDevice]
    volumeMounts: Sequence[VolumeMount]
    workingDir: str

class EphemeralVolumeSource(TypedDict, total=False):
    volumeClaimTemplate: PersistentVolumeClaimTemplate

class EvictionResponder(TypedDict, total=False):
    name: Required[str]
    priority: Required[int]

class ExecAction(TypedDict, total=False):
    command: Sequence[str]

class ExternalMetricSource(TypedDict, total=False):
    metric: Required[MetricIdentifier]
    target: Required[MetricTarget]

class ExternalSecret(TypedDict, total=False):
    metadata: ObjectMeta
    spec: ExternalSecretSpec

class ExternalSecretSpec(TypedDict, total=False):
    data: Sequence[ExternalSecretSpecData]
    dataFrom: Sequence[ExternalSecretSpecDataFrom]
    refreshInterval: str
    refreshPolicy: str
    secretStoreRef: ExternalSecretSpecSecretStoreRef
    target: ExternalSecretSpecTarget

class ExternalSecretSpecData(TypedDict, total=False):
    remoteRef: Required[ExternalSecretSpecDataRemoteRef]
    secretKey: Required[str]
    sourceRef: ExternalSecretSpecDataSourceRef

class ExternalSecretSpecDataFrom(TypedDict, total=False):
    extract: ExternalSecretSpecDataFromExtract
    find: ExternalSecretSpecDataFromFind
    rewrite: Sequence[ExternalSecretSpecDataFromRewrite]
    sourceRef: ExternalSecretSpecDataFromSourceRef

class ExternalSecretSpecDataFromExtract(TypedDict, total=False):
    conversionStrategy: str
    decodingStrategy: str
    key: Required[str]
    metadataPolicy: str
    nullBytePolicy: str
    property: str
    version: str

class ExternalSecretSpecDataFromFind(TypedDict, total=False):
    conversionStrategy: str
    decodingStrategy: str
    name: ExternalSecretSpecDataFromFindName
    nullBytePolicy: str
    path: str
    tags: Mapping[str, str]

class ExternalSecretSpecDataFromFindName(TypedDict, total=False):
    regexp: str

class ExternalSecretSpecDataFromRewrite(TypedDict, total=False):
    merge: ExternalSecretSpecDataFromRewriteMerge
    regexp: ExternalSecretSpecDataFromRewriteRegexp
    transform: ExternalSecretSpecDataFromRewriteTransform

class ExternalSecretSpecDataFromRewriteMerge(TypedDict, total=False):
    conflictPolicy: str
    into: str
    priority: Sequence[str]
    priorityPolicy: str
    strategy: str

class ExternalSecretSpecDataFromRewriteRegexp(TypedDict, total=False):
    source: Required[str]
    target: Required[str]

class ExternalSecretSpecDataFromRewriteTransform(TypedDict, total=False):
    template: Required[str]

class ExternalSecretSpecDataFromSourceRef(TypedDict, total=False):
    generatorRef: ExternalSecretSpecDataFromSourceRefGeneratorRef
    storeRef: ExternalSecretSpecDataFromSourceRefStoreRef

class ExternalSecretSpecDataFromSourceRefGeneratorRef(TypedDict, total=False):
    apiVersion: str
    kind: Required[str]
    name: Required[str]

class ExternalSecretSpecDataFromSourceRefStoreRef(TypedDict, total=False):
    kind: str
    name: str

class ExternalSecretSpecDataRemoteRef(TypedDict, total=False):
    conversionStrategy: str
    decodingStrategy: str
    key: Required[str]
    metadataPolicy: str
    nullBytePolicy: str
    property: str
    version: str

class ExternalSecretSpecDataSourceRef(TypedDict, total=False):
    generatorRef: ExternalSecretSpecDataSourceRefGeneratorRef
    storeRef: ExternalSecretSpecDataSourceRefStoreRef

class ExternalSecretSpecDataSourceRefGeneratorRef(TypedDict, total=False):
    apiVersion: str
    kind: Required[str]
    name: Required[str]

class ExternalSecretSpecDataSourceRefStoreRef(TypedDict, total=False):
    kind: str
    name: str

class ExternalSecretSpecSecretStoreRef(TypedDict, total=False):
    kind: str
    name: str

class ExternalSecretSpecTarget(TypedDict, total=False):
    creationPolicy: str
    deletionPolicy: str
    immutable: bool
    manifest: ExternalSecretSpecTargetManifest
    name: str
    template: ExternalSecretSpecTargetTemplate

class ExternalSecretSpecTargetManifest(TypedDict, total=False):
    apiVersion: Required[str]
    kind: Required[str]

class ExternalSecretSpecTargetTemplate(TypedDict, total=False):
    data: Mapping[str, str]
    engineVersion: str
    mergePolicy: str
    metadata: ExternalSecretSpecTargetTemplateMetadata
    templateFrom: Sequence[ExternalSecretSpecTargetTemplateTemplateFrom]
    type: str

class ExternalSecretSpecTargetTemplateMetadata(TypedDict, total=False):
    annotations: Mapping[str, str]
    finalizers: Sequence[str]
    labels: Mapping[str, str]

class ExternalSecretSpecTargetTemplateTemplateFrom(TypedDict, total=False):
    configMap: ExternalSecretSpecTargetTemplateTemplateFromConfigMap
    literal: str
    secret: ExternalSecretSpecTargetTemplateTemplateFromSecret
    target: str

class ExternalSecretSpecTargetTemplateTemplateFromConfigMap(TypedDict, total=False):
    items: Required[Any]
    name: Required[Any]

class ExternalSecretSpecTargetTemplateTemplateFromSecret(TypedDict, total=False):
    items: Required[Any]
    name: Required[Any]

class FCVolumeSource(TypedDict, total=False):
    fsType: str
    lun: int
    readOnly: bool
    targetWWNs: Sequence[str]
    wwids: Sequence[str]

class FileKeySelector(TypedDict, total=False):
    key: Required[str]
    optional: bool
    path: Required[str]
    volumeName: Required[str]

class FlexVolumeSource(TypedDict, total=False):
    driver: Required[str]
    fsType: str
    options: Mapping[str, str]
    readOnly: bool
    secretRef: LocalObjectReference

class FlockerVolumeSource(TypedDict, total=False):
    datasetName: str
    datasetUUID: str

class GCEPersistentDiskVolumeSource(TypedDict, total=False):
    fsType: str
    partition: int
    pdName: Required[str]
    readOnly: bool

class GRPCAction(TypedDict, total=False):
    mode: str
    port: Required[int]
    service: str

class Gateway(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[GatewaySpec]

class GatewaySpec(TypedDict, total=False):
    addresses: Sequence[GatewaySpecAddresses]
    allowedListeners: GatewaySpecAllowedListeners
    defaultScope: str
    gatewayClassName: Required[str]
    infrastructure: GatewaySpecInfrastructure
    listeners: Required[Sequence[GatewaySpecListeners]]
    tls: GatewaySpecTls

class GatewaySpecAddresses(TypedDict, total=False):
    type: str
    value: str

class GatewaySpecAllowedListeners(TypedDict, total=False):
    namespaces: GatewaySpecAllowedListenersNamespaces

GatewaySpecAllowedListenersNamespaces = TypedDict(
    "GatewaySpecAllowedListenersNamespaces",
    {
        "from": str,
        "selector": GatewaySpecAllowedListenersNamespacesSelector,
    },
    total=False,
)

class GatewaySpecAllowedListenersNamespacesSelector(TypedDict, total=False):
    matchExpressions: Sequence[GatewaySpecAllowedListenersNamespacesSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class GatewaySpecAllowedListenersNamespacesSelectorMatchExpressions(TypedDict, total=False):
    key: Required[Any]
    operator: Required[Any]
    values: Any

class GatewaySpecInfrastructure(TypedDict, total=False):
    annotations: Mapping[str, str]
    labels: Mapping[str, str]
    parametersRef: GatewaySpecInfrastructureParametersRef

class GatewaySpecInfrastructureParametersRef(TypedDict, total=False):
    group: Required[str]
    kind: Required[str]
    name: Required[str]

class GatewaySpecListeners(TypedDict, total=False):
    allowedRoutes: GatewaySpecListenersAllowedRoutes
    hostname: str
    name: Required[str]
    port: Required[int]
    protocol: Required[str]
    tls: GatewaySpecListenersTls

class GatewaySpecListenersAllowedRoutes(TypedDict, total=False):
    kinds: Sequence[GatewaySpecListenersAllowedRoutesKinds]
    namespaces: GatewaySpecListenersAllowedRoutesNamespaces

class GatewaySpecListenersAllowedRoutesKinds(TypedDict, total=False):
    group: str
    kind: Required[str]

GatewaySpecListenersAllowedRoutesNamespaces = TypedDict(
    "GatewaySpecListenersAllowedRoutesNamespaces",
    {
        "from": str,
        "selector": GatewaySpecListenersAllowedRoutesNamespacesSelector,
    },
    total=False,
)

class GatewaySpecListenersAllowedRoutesNamespacesSelector(TypedDict, total=False):
    matchExpressions: Any
    matchLabels: Any

class GatewaySpecListenersTls(TypedDict, total=False):
    certificateRefs: Sequence[GatewaySpecListenersTlsCertificateRefs]
    mode: str
    options: Mapping[str, str]

class GatewaySpecListenersTlsCertificateRefs(TypedDict, total=False):
    group: str
    kind: str
    name: Required[str]
    namespace: str

class GatewaySpecTls(TypedDict, total=False):
    backend: GatewaySpecTlsBackend
    frontend: GatewaySpecTlsFrontend

class GatewaySpecTlsBackend(TypedDict, total=False):
    clientCertificateRef: GatewaySpecTlsBackendClientCertificateRef

class GatewaySpecTlsBackendClientCertificateRef(TypedDict, total=False):
    group: str
    kind: str
    name: Required[str]
    namespace: str

class GatewaySpecTlsFrontend(TypedDict, total=False):
    default: Required[GatewaySpecTlsFrontendDefault]
    perPort: Sequence[GatewaySpecTlsFrontendPerPort]

class GatewaySpecTlsFrontendDefault(TypedDict, total=False):
    validation: GatewaySpecTlsFrontendDefaultValidation

class GatewaySpecTlsFrontendDefaultValidation(TypedDict, total=False):
    caCertificateRefs: Required[Any]
    mode: Any

class GatewaySpecTlsFrontendPerPort(TypedDict, total=False):
    port: Required[int]
    tls: Required[GatewaySpecTlsFrontendPerPortTls]

class GatewaySpecTlsFrontendPerPortTls(TypedDict, total=False):
    validation: Any

class GitRepoVolumeSource(TypedDict, total=False):
    directory: str
    repository: Required[str]
    revision: str

class GlusterfsVolumeSource(TypedDict, total=False):
    endpoints: Required[str]
    path: Required[str]
    readOnly: bool

class HPAScalingPolicy(TypedDict, total=False):
    periodSeconds: Required[int]
    type: Required[str]
    value: Required[int]

class HPAScalingRules(TypedDict, total=False):
    policies: Sequence[HPAScalingPolicy]
    selectPolicy: str
    stabilizationWindowSeconds: int
    tolerance: int | str

class HTTPGetAction(TypedDict, total=False):
    host: str
    httpHeaders: Sequence[HTTPHeader]
    path: str
    port: Required[int | str]
    protocol: str
    scheme: str

class HTTPHeader(TypedDict, total=False):
    name: Required[str]
    value: Required[str]

class HTTPIngressPath(TypedDict, total=False):
    backend: Required[IngressBackend]
    path: str
    pathType: Required[str]

class HTTPIngressRuleValue(TypedDict, total=False):
    paths: Required[Sequence[HTTPIngressPath]]

class HTTPRoute(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[HTTPRouteSpec]

class HTTPRouteSpec(TypedDict, total=False):
    hostnames: Sequence[str]
    parentRefs: Sequence[HTTPRouteSpecParentRefs]
    rules: Sequence[HTTPRouteSpecRules]
    useDefaultGateways: str

class HTTPRouteSpecParentRefs(TypedDict, total=False):
    group: str
    kind: str
    name: Required[str]
    namespace: str
    port: int
    sectionName: str

class HTTPRouteSpecRules(TypedDict, total=False):
    backendRefs: Sequence[HTTPRouteSpecRulesBackendRefs]
    filters: Sequence[HTTPRouteSpecRulesFilters]
    matches: Sequence[HTTPRouteSpecRulesMatches]
    name: str
    retry: HTTPRouteSpecRulesRetry
    sessionPersistence: HTTPRouteSpecRulesSessionPersistence
    timeouts: HTTPRouteSpecRulesTimeouts

class HTTPRouteSpecRulesBackendRefs(TypedDict, total=False):
    filters: Sequence[HTTPRouteSpecRulesBackendRefsFilters]
    group: str
    kind: str
    name: Required[str]
    namespace: str
    port: int
    weight: int

class HTTPRouteSpecRulesBackendRefsFilters(TypedDict, total=False):
    cors: HTTPRouteSpecRulesBackendRefsFiltersCors
    extensionRef: HTTPRouteSpecRulesBackendRefsFiltersExtensionRef
    externalAuth: HTTPRouteSpecRulesBackendRefsFiltersExternalAuth
    requestHeaderModifier: HTTPRouteSpecRulesBackendRefsFiltersRequestHeaderModifier
    requestMirror: HTTPRouteSpecRulesBackendRefsFiltersRequestMirror
    requestRedirect: HTTPRouteSpecRulesBackendRefsFiltersRequestRedirect
    responseHeaderModifier: HTTPRouteSpecRulesBackendRefsFiltersResponseHeaderModifier
    type: Required[str]
    urlRewrite: HTTPRouteSpecRulesBackendRefsFiltersUrlRewrite

class HTTPRouteSpecRulesBackendRefsFiltersCors(TypedDict, total=False):
    allowCredentials: Any
    allowHeaders: Any
    allowMethods: Any
    allowOrigins: Any
    exposeHeaders: Any
    maxAge: Any

class HTTPRouteSpecRulesBackendRefsFiltersExtensionRef(TypedDict, total=False):
    group: Required[Any]
    kind: Required[Any]
    name: Required[Any]

class HTTPRouteSpecRulesBackendRefsFiltersExternalAuth(TypedDict, total=False):
    backendRef: Required[Any]
    forwardBody: Any
    grpc: Any
    http: Any
    protocol: Required[Any]

class HTTPRouteSpecRulesBackendRefsFiltersRequestHeaderModifier(TypedDict, total=False):
    add: Any
    remove: Any
    set: Any

class HTTPRouteSpecRulesBackendRefsFiltersRequestMirror(TypedDict, total=False):
    backendRef: Required[Any]
    fraction: Any
    percent: Any

class HTTPRouteSpecRulesBackendRefsFiltersRequestRedirect(TypedDict, total=False):
    hostname: Any
    path: Any
    port: Any
    scheme: Any
    statusCode: Any

class HTTPRouteSpecRulesBackendRefsFiltersResponseHeaderModifier(TypedDict, total=False):
    add: Any
    remove: Any
    set: Any

class HTTPRouteSpecRulesBackendRefsFiltersUrlRewrite(TypedDict, total=False):
    hostname: Any
    path: Any

class HTTPRouteSpecRulesFilters(TypedDict, total=False):
    cors: HTTPRouteSpecRulesFiltersCors
    extensionRef: HTTPRouteSpecRulesFiltersExtensionRef
    externalAuth: HTTPRouteSpecRulesFiltersExternalAuth
    requestHeaderModifier: HTTPRouteSpecRulesFiltersRequestHeaderModifier
    requestMirror: HTTPRouteSpecRulesFiltersRequestMirror
    requestRedirect: HTTPRouteSpecRulesFiltersRequestRedirect
    responseHeaderModifier: HTTPRouteSpecRulesFiltersResponseHeaderModifier
    type: Required[str]
    urlRewrite: HTTPRouteSpecRulesFiltersUrlRewrite

class HTTPRouteSpecRulesFiltersCors(TypedDict, total=False):
    allowCredentials: bool
    allowHeaders: Sequence[str]
    allowMethods: Sequence[str]
    allowOrigins: Sequence[str]
    exposeHeaders: Sequence[str]
    maxAge: int

class HTTPRouteSpecRulesFiltersExtensionRef(TypedDict, total=False):
    group: Required[str]
    kind: Required[str]
    name: Required[str]

class HTTPRouteSpecRulesFiltersExternalAuth(TypedDict, total=False):
    backendRef: Required[HTTPRouteSpecRulesFiltersExternalAuthBackendRef]
    forwardBody: HTTPRouteSpecRulesFiltersExternalAuthForwardBody
    grpc: HTTPRouteSpecRulesFiltersExternalAuthGrpc
    http: HTTPRouteSpecRulesFiltersExternalAuthHttp
    protocol: Required[str]

class HTTPRouteSpecRulesFiltersExternalAuthBackendRef(TypedDict, total=False):
    group: Any
    kind: Any
    name: Required[Any]
    namespace: Any
    port: Any

class HTTPRouteSpecRulesFiltersExternalAuthForwardBody(TypedDict, total=False):
    maxSize: Any

class HTTPRouteSpecRulesFiltersExternalAuthGrpc(TypedDict, total=False):
    allowedHeaders: Any

class HTTPRouteSpecRulesFiltersExternalAuthHttp(TypedDict, total=False):
    allowedHeaders: Any
    allowedResponseHeaders: Any
    path: Any

class HTTPRouteSpecRulesFiltersRequestHeaderModifier(TypedDict, total=False):
    add: Sequence[HTTPRouteSpecRulesFiltersRequestHeaderModifierAdd]
    remove: Sequence[str]
    set: Sequence[HTTPRouteSpecRulesFiltersRequestHeaderModifierSet]

class HTTPRouteSpecRulesFiltersRequestHeaderModifierAdd(TypedDict, total=False):
    name: Required[Any]
    value: Required[Any]

class HTTPRouteSpecRulesFiltersRequestHeaderModifierSet(TypedDict, total=False):
    name: Required[Any]
    value: Required[Any]

class HTTPRouteSpecRulesFiltersRequestMirror(TypedDict, total=False):
    backendRef: Required[HTTPRouteSpecRulesFiltersRequestMirrorBackendRef]
    fraction: HTTPRouteSpecRulesFiltersRequestMirrorFraction
    percent: int

class HTTPRouteSpecRulesFiltersRequestMirrorBackendRef(TypedDict, total=False):
    group: Any
    kind: Any
    name: Required[Any]
    namespace: Any
    port: Any

class HTTPRouteSpecRulesFiltersRequestMirrorFraction(TypedDict, total=False):
    denominator: Any
    numerator: Required[Any]

class HTTPRouteSpecRulesFiltersRequestRedirect(TypedDict, total=False):
    hostname: str
    path: HTTPRouteSpecRulesFiltersRequestRedirectPath
    port: int
    scheme: str
    statusCode: int

class HTTPRouteSpecRulesFiltersRequestRedirectPath(TypedDict, total=False):
    replaceFullPath: Any
    replacePrefixMatch: Any
    type: Required[Any]

class HTTPRouteSpecRulesFiltersResponseHeaderModifier(TypedDict, total=False):
    add: Sequence[HTTPRouteSpecRulesFiltersResponseHeaderModifierAdd]
    remove: Sequence[str]
    set: Sequence[HTTPRouteSpecRulesFiltersResponseHeaderModifierSet]

class HTTPRouteSpecRulesFiltersResponseHeaderModifierAdd(TypedDict, total=False):
    name: Required[Any]
    value: Required[Any]

class HTTPRouteSpecRulesFiltersResponseHeaderModifierSet(TypedDict, total=False):
    name: Required[Any]
    value: Required[Any]

class HTTPRouteSpecRulesFiltersUrlRewrite(TypedDict, total=False):
    hostname: str
    path: HTTPRouteSpecRulesFiltersUrlRewritePath

class HTTPRouteSpecRulesFiltersUrlRewritePath(TypedDict, total=False):
    replaceFullPath: Any
    replacePrefixMatch: Any
    type: Required[Any]

class HTTPRouteSpecRulesMatches(TypedDict, total=False):
    headers: Sequence[HTTPRouteSpecRulesMatchesHeaders]
    method: str
    path: HTTPRouteSpecRulesMatchesPath
    queryParams: Sequence[HTTPRouteSpecRulesMatchesQueryParams]

class HTTPRouteSpecRulesMatchesHeaders(TypedDict, total=False):
    name: Required[str]
    type: str
    value: Required[str]

class HTTPRouteSpecRulesMatchesPath(TypedDict, total=False):
    type: str
    value: str

class HTTPRouteSpecRulesMatchesQueryParams(TypedDict, total=False):
    name: Required[str]
    type: str
    value: Required[str]

class HTTPRouteSpecRulesRetry(TypedDict, total=False):
    attempts: int
    backoff: str
    codes: Sequence[int]

class HTTPRouteSpecRulesSessionPersistence(TypedDict, total=False):
    absoluteTimeout: str
    cookieConfig: HTTPRouteSpecRulesSessionPersistenceCookieConfig
    sessionName: str
    type: str

class HTTPRouteSpecRulesSessionPersistenceCookieConfig(TypedDict, total=False):
    lifetimeType: str

class HTTPRouteSpecRulesTimeouts(TypedDict, total=False):
    backendRequest: str
    request: str

class HorizontalPodAutoscaler(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[HorizontalPodAutoscalerSpec]

class HorizontalPodAutoscalerBehavior(TypedDict, total=False):
    scaleDown: HPAScalingRules
    scaleUp: HPAScalingRules

class HorizontalPodAutoscalerSpec(TypedDict, total=False):
    behavior: HorizontalPodAutoscalerBehavior
    maxReplicas: Required[int]
    metrics: Sequence[MetricSpec]
    minReplicas: int
    scaleTargetRef: Required[CrossVersionObjectReference]

class HostAlias(TypedDict, total=False):
    hostnames: Sequence[str]
    ip: Required[str]

class HostPathVolumeSource(TypedDict, total=False):
    path: Required[str]
    type: str

IPBlock = TypedDict(
    "IPBlock",
    {
        "cidr": Required[str],
        "except": Sequence[str],
    },
    total=False,
)

class ISCSIVolumeSource(TypedDict, total=False):
    chapAuthDiscovery: bool
    chapAuthSession: bool
    fsType: str
    initiatorName: str
    iqn: Required[str]
    iscsiInterface: str
    lun: Required[int]
    portals: Sequence[str]
    readOnly: bool
    secretRef: LocalObjectReference
    targetPortal: Required[str]

class ImageVolumeSource(TypedDict, total=False):
    pullPolicy: str
    reference: str

class Ingress(TypedDict, total=False):
    metadata: ObjectMeta
    spec: IngressSpec

class IngressBackend(TypedDict, total=False):
    resource: TypedLocalObjectReference
    service: IngressServiceBackend

class IngressRule(TypedDict, total=False):
    host: str
    http: HTTPIngressRuleValue

class IngressServiceBackend(TypedDict, total=False):
    name: Required[str]
    port: ServiceBackendPort

class IngressSpec(TypedDict, total=False):
    defaultBackend: IngressBackend
    ingressClassName: str
    rules: Sequence[IngressRule]
    tls: Sequence[IngressTLS]

class IngressTLS(TypedDict, total=False):
    hosts: Sequence[str]
    secretName: str

class Job(TypedDict, total=False):
    metadata: ObjectMeta
    spec: JobSpec

class JobSchedulingConfiguration(TypedDict, total=False):
    disruptionMode: WorkloadPodGroupDisruptionMode
    resourceClaims: Sequence[WorkloadPodGroupResourceClaim]
    schedulingConstraints: WorkloadPodGroupSchedulingConstraints
    schedulingPolicy: WorkloadPodGroupSchedulingPolicy

class JobSpec(TypedDict, total=False):
    activeDeadlineSeconds: int
    backoffLimit: int
    backoffLimitPerIndex: int
    completionMode: str
    completions: int
    managedBy: str
    manualSelector: bool
    maxFailedIndexes: int
    parallelism: int
    podFailurePolicy: PodFailurePolicy
    podReplacementPolicy: str
    scheduling: JobSchedulingConfiguration
    selector: LabelSelector
    successPolicy: SuccessPolicy
    suspend: bool
    template: Required[PodTemplateSpec]
    ttlSecondsAfterFinished: int

class JobTemplateSpec(TypedDict, total=False):
    metadata: ObjectMeta
    spec: JobSpec

class KeyToPath(TypedDict, total=False):
    key: Required[str]
    mode: int
    path: Required[str]
    user: int

class LabelSelector(TypedDict, total=False):
    matchExpressions: Sequence[LabelSelectorRequirement]
    matchLabels: Mapping[str, str]

class LabelSelectorRequirement(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: Sequence[str]

class Lifecycle(TypedDict, total=False):
    postStart: LifecycleHandler
    preStop: LifecycleHandler
    stopSignal: str

class LifecycleHandler(TypedDict, total=False):
    exec: ExecAction
    httpGet: HTTPGetAction
    sleep: SleepAction
    tcpSocket: TCPSocketAction

class LimitRange(TypedDict, total=False):
    metadata: ObjectMeta
    spec: LimitRangeSpec

class LimitRangeItem(TypedDict, total=False):
    default: Mapping[str, int | str]
    defaultRequest: Mapping[str, int | str]
    max: Mapping[str, int | str]
    maxLimitRequestRatio: Mapping[str, int | str]
    min: Mapping[str, int | str]
    type: Required[str]

class LimitRangeSpec(TypedDict, total=False):
    limits: Required[Sequence[LimitRangeItem]]

class LocalObjectReference(TypedDict, total=False):
    name: str

class ManagedFieldsEntry(TypedDict, total=False):
    apiVersion: str
    fieldsType: str
    fieldsV1: Mapping[str, Any]
    manager: str
    operation: str
    subresource: str
    time: str

class MetricIdentifier(TypedDict, total=False):
    name: Required[str]
    selector: LabelSelector

class MetricSpec(TypedDict, total=False):
    containerResource: ContainerResourceMetricSource
    external: ExternalMetricSource
    object: ObjectMetricSource
    pods: PodsMetricSource
    resource: ResourceMetricSource
    type: Required[str]

class MetricTarget(TypedDict, total=False):
    averageUtilization: int
    averageValue: int | str
    type: Required[str]
    value: int | str

class NFSVolumeSource(TypedDict, total=False):
    path: Required[str]
    readOnly: bool
    server: Required[str]

class Namespace(TypedDict, total=False):
    metadata: ObjectMeta
    spec: NamespaceSpec

class NamespaceSpec(TypedDict, total=False):
    finalizers: Sequence[str]

class NetworkPolicy(TypedDict, total=False):
    metadata: ObjectMeta
    spec: NetworkPolicySpec

class NetworkPolicyEgressRule(TypedDict, total=False):
    ports: Sequence[NetworkPolicyPort]
    to: Sequence[NetworkPolicyPeer]

NetworkPolicyIngressRule = TypedDict(
    "NetworkPolicyIngressRule",
    {
        "from": Sequence[NetworkPolicyPeer],
        "ports": Sequence[NetworkPolicyPort],
    },
    total=False,
)

class NetworkPolicyPeer(TypedDict, total=False):
    ipBlock: IPBlock
    namespaceSelector: LabelSelector
    podSelector: LabelSelector

class NetworkPolicyPort(TypedDict, total=False):
    endPort: int
    port: int | str
    protocol: str

class NetworkPolicySpec(TypedDict, total=False):
    egress: Sequence[NetworkPolicyEgressRule]
    ingress: Sequence[NetworkPolicyIngressRule]
    podSelector: LabelSelector
    policyTypes: Sequence[str]

class NodeAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: Sequence[PreferredSchedulingTerm]
    requiredDuringSchedulingIgnoredDuringExecution: NodeSelector

class NodeSelector(TypedDict, total=False):
    nodeSelectorTerms: Required[Sequence[NodeSelectorTerm]]

class NodeSelectorRequirement(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: Sequence[str]

class NodeSelectorTerm(TypedDict, total=False):
    matchExpressions: Sequence[NodeSelectorRequirement]
    matchFields: Sequence[NodeSelectorRequirement]

class ObjectFieldSelector(TypedDict, total=False):
    apiVersion: str
    fieldPath: Required[str]

class ObjectMeta(TypedDict, total=False):
    annotations: Mapping[str, str]
    creationTimestamp: str
    deletionGracePeriodSeconds: int
    deletionTimestamp: str
    finalizers: Sequence[str]
    generateName: str
    generation: int
    labels: Mapping[str, str]
    managedFields: Sequence[ManagedFieldsEntry]
    name: str
    namespace: str
    ownerReferences: Sequence[OwnerReference]
    resourceVersion: str
    selfLink: str
    uid: str

class ObjectMetricSource(TypedDict, total=False):
    describedObject: Required[CrossVersionObjectReference]
    metric: Required[MetricIdentifier]
    target: Required[MetricTarget]

class ObjectReference(TypedDict, total=False):
    apiVersion: str
    fieldPath: str
    kind: str
    name: str
    namespace: str
    resourceVersion: str
    uid: str

class ObjectStore(TypedDict, total=False):
    metadata: Required[ObjectMeta]
    spec: Required[ObjectStoreSpec]

class ObjectStoreSpec(TypedDict, total=False):
    configuration: Required[ObjectStoreSpecConfiguration]
    instanceSidecarConfiguration: ObjectStoreSpecInstanceSidecarConfiguration
    retentionPolicy: str

class ObjectStoreSpecConfiguration(TypedDict, total=False):
    azureCredentials: ObjectStoreSpecConfigurationAzureCredentials
    data: ObjectStoreSpecConfigurationData
    destinationPath: Required[str]
    endpointCA: ObjectStoreSpecConfigurationEndpointCA
    endpointURL: str
    googleCredentials: ObjectStoreSpecConfigurationGoogleCredentials
    historyTags: Mapping[str, str]
    s3Credentials: ObjectStoreSpecConfigurationS3Credentials
    serverName: str
    tags: Mapping[str, str]
    wal: ObjectStoreSpecConfigurationWal

class ObjectStoreSpecConfigurationAzureCredentials(TypedDict, total=False):
    connectionString: ObjectStoreSpecConfigurationAzureCredentialsConnectionString
    inheritFromAzureAD: bool
    storageAccount: ObjectStoreSpecConfigurationAzureCredentialsStorageAccount
    storageKey: ObjectStoreSpecConfigurationAzureCredentialsStorageKey
    storageSasToken: ObjectStoreSpecConfigurationAzureCredentialsStorageSasToken

class ObjectStoreSpecConfigurationAzureCredentialsConnectionString(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationAzureCredentialsStorageAccount(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationAzureCredentialsStorageKey(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationAzureCredentialsStorageSasToken(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationData(TypedDict, total=False):
    additionalCommandArgs: Sequence[str]
    compression: str
    encryption: str
    immediateCheckpoint: bool
    jobs: int

class ObjectStoreSpecConfigurationEndpointCA(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationGoogleCredentials(TypedDict, total=False):
    applicationCredentials: ObjectStoreSpecConfigurationGoogleCredentialsApplicationCredentials
    gkeEnvironment: bool

class ObjectStoreSpecConfigurationGoogleCredentialsApplicationCredentials(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationS3Credentials(TypedDict, total=False):
    accessKeyId: ObjectStoreSpecConfigurationS3CredentialsAccessKeyId
    inheritFromIAMRole: bool
    region: ObjectStoreSpecConfigurationS3CredentialsRegion
    secretAccessKey: ObjectStoreSpecConfigurationS3CredentialsSecretAccessKey
    sessionToken: ObjectStoreSpecConfigurationS3CredentialsSessionToken

class ObjectStoreSpecConfigurationS3CredentialsAccessKeyId(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationS3CredentialsRegion(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationS3CredentialsSecretAccessKey(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationS3CredentialsSessionToken(TypedDict, total=False):
    key: Required[str]
    name: Required[str]

class ObjectStoreSpecConfigurationWal(TypedDict, total=False):
    archiveAdditionalCommandArgs: Sequence[str]
    compression: str
    encryption: str
    maxParallel: int
    restoreAdditionalCommandArgs: Sequence[str]

class ObjectStoreSpecInstanceSidecarConfiguration(TypedDict, total=False):
    env: Sequence[ObjectStoreSpecInstanceSidecarConfigurationEnv]
    resources: ObjectStoreSpecInstanceSidecarConfigurationResources
    retentionPolicyIntervalSeconds: int

class ObjectStoreSpecInstanceSidecarConfigurationEnv(TypedDict, total=False):
    name: Required[str]
    value: str
    valueFrom: ObjectStoreSpecInstanceSidecarConfigurationEnvValueFrom

class ObjectStoreSpecInstanceSidecarConfigurationEnvValueFrom(TypedDict, total=False):
    configMapKeyRef: ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromConfigMapKeyRef
    fieldRef: ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromFieldRef
    resourceFieldRef: ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromResourceFieldRef
    secretKeyRef: ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromSecretKeyRef

class ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromConfigMapKeyRef(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromFieldRef(TypedDict, total=False):
    apiVersion: Any
    fieldPath: Required[Any]

class ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromResourceFieldRef(TypedDict, total=False):
    containerName: Any
    divisor: Any
    resource: Required[Any]

class ObjectStoreSpecInstanceSidecarConfigurationEnvValueFromSecretKeyRef(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ObjectStoreSpecInstanceSidecarConfigurationResources(TypedDict, total=False):
    claims: Sequence[ObjectStoreSpecInstanceSidecarConfigurationResourcesClaims]
    limits: Mapping[str, int | str]
    requests: Mapping[str, int | str]

class ObjectStoreSpecInstanceSidecarConfigurationResourcesClaims(TypedDict, total=False):
    name: Required[str]
    request: str

class OwnerReference(TypedDict, total=False):
    apiVersion: Required[str]
    blockOwnerDeletion: bool
    controller: bool
    kind: Required[str]
    name: Required[str]
    uid: Required[str]

class PersistentVolumeClaim(TypedDict, total=False):
    metadata: ObjectMeta
    spec: PersistentVolumeClaimSpec

class PersistentVolumeClaimSpec(TypedDict, total=False):
    accessModes: Sequence[str]
    dataSource: TypedLocalObjectReference
    dataSourceRef: TypedObjectReference
    resources: VolumeResourceRequirements
    selector: LabelSelector
    storageClassName: str
    volumeAttributesClassName: str
    volumeMode: str
    volumeName: str

class PersistentVolumeClaimTemplate(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[PersistentVolumeClaimSpec]

class PersistentVolumeClaimVolumeSource(TypedDict, total=False):
    claimName: Required[str]
    readOnly: bool

class PhotonPersistentDiskVolumeSource(TypedDict, total=False):
    fsType: str
    pdID: Required[str]

class PodAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: Sequence[WeightedPodAffinityTerm]
    requiredDuringSchedulingIgnoredDuringExecution: Sequence[PodAffinityTerm]

class PodAffinityTerm(TypedDict, total=False):
    labelSelector: LabelSelector
    matchLabelKeys: Sequence[str]
    mismatchLabelKeys: Sequence[str]
    namespaceSelector: LabelSelector
    namespaces: Sequence[str]
    topologyKey: Required[str]

class PodAntiAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: Sequence[WeightedPodAffinityTerm]
    requiredDuringSchedulingIgnoredDuringExecution: Sequence[PodAffinityTerm]

class PodCertificateProjection(TypedDict, total=False):
    certificateChainPath: str
    credentialBundlePath: str
    keyPath: str
    keyType: Required[str]
    maxExpirationSeconds: int
    signerName: Required[str]
    user: int
    userAnnotations: Mapping[str, str]

class PodDNSConfig(TypedDict, total=False):
    nameservers: Sequence[str]
    options: Sequence[PodDNSConfigOption]
    searches: Sequence[str]

class PodDNSConfigOption(TypedDict, total=False):
    name: str
    value: str

class PodDisruptionBudget(TypedDict, total=False):
    metadata: ObjectMeta
    spec: PodDisruptionBudgetSpec

class PodDisruptionBudgetSpec(TypedDict, total=False):
    maxUnavailable: int | str
    minAvailable: int | str
    selector: LabelSelector
    unhealthyPodEvictionPolicy: str

class PodFailurePolicy(TypedDict, total=False):
    rules: Required[Sequence[PodFailurePolicyRule]]

class PodFailurePolicyOnExitCodesRequirement(TypedDict, total=False):
    containerName: str
    operator: Required[str]
    values: Required[Sequence[int]]

class PodFailurePolicyOnPodConditionsPattern(TypedDict, total=False):
    type: Required[str]

class PodFailurePolicyRule(TypedDict, total=False):
    action: Required[str]
    onExitCodes: PodFailurePolicyOnExitCodesRequirement
    onPodConditions: Sequence[PodFailurePolicyOnPodConditionsPattern]

class PodMonitor(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[PodMonitorSpec]

class PodMonitorSpec(TypedDict, total=False):
    attachMetadata: PodMonitorSpecAttachMetadata
    bodySizeLimit: str
    convertClassicHistogramsToNHCB: bool
    fallbackScrapeProtocol: str
    jobLabel: str
    keepDroppedTargets: int
    labelLimit: int
    labelNameLengthLimit: int
    labelValueLengthLimit: int
    namespaceSelector: PodMonitorSpecNamespaceSelector
    nativeHistogramBucketLimit: int
    nativeHistogramMinBucketFactor: int | str
    podMetricsEndpoints: Sequence[PodMonitorSpecPodMetricsEndpoints]
    podTargetLabels: Sequence[str]
    sampleLimit: int
    scrapeClass: str
    scrapeClassicHistograms: bool
    scrapeNativeHistograms: bool
    scrapeProtocols: Sequence[str]
    selector: Required[PodMonitorSpecSelector]
    selectorMechanism: str
    targetLimit: int

class PodMonitorSpecAttachMetadata(TypedDict, total=False):
    node: bool

class PodMonitorSpecNamespaceSelector(TypedDict, total=False):
    any: bool
    matchNames: Sequence[str]

class PodMonitorSpecPodMetricsEndpoints(TypedDict, total=False):
    authorization: PodMonitorSpecPodMetricsEndpointsAuthorization
    basicAuth: PodMonitorSpecPodMetricsEndpointsBasicAuth
    bearerTokenSecret: PodMonitorSpecPodMetricsEndpointsBearerTokenSecret
    enableHttp2: bool
    filterRunning: bool
    followRedirects: bool
    honorLabels: bool
    honorTimestamps: bool
    interval: str
    metricRelabelings: Sequence[PodMonitorSpecPodMetricsEndpointsMetricRelabelings]
    noProxy: str
    oauth2: PodMonitorSpecPodMetricsEndpointsOauth2
    params: Mapping[str, Sequence[str]]
    path: str
    port: str
    portNumber: int
    proxyConnectHeader: Mapping[str, Sequence[PodMonitorSpecPodMetricsEndpointsProxyConnectHeader]]
    proxyFromEnvironment: bool
    proxyUrl: str
    relabelings: Sequence[PodMonitorSpecPodMetricsEndpointsRelabelings]
    scheme: str
    scrapeTimeout: str
    targetPort: int | str
    tlsConfig: PodMonitorSpecPodMetricsEndpointsTlsConfig
    trackTimestampsStaleness: bool

class PodMonitorSpecPodMetricsEndpointsAuthorization(TypedDict, total=False):
    credentials: PodMonitorSpecPodMetricsEndpointsAuthorizationCredentials
    type: str

class PodMonitorSpecPodMetricsEndpointsAuthorizationCredentials(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsBasicAuth(TypedDict, total=False):
    password: PodMonitorSpecPodMetricsEndpointsBasicAuthPassword
    username: PodMonitorSpecPodMetricsEndpointsBasicAuthUsername

class PodMonitorSpecPodMetricsEndpointsBasicAuthPassword(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsBasicAuthUsername(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsBearerTokenSecret(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsMetricRelabelings(TypedDict, total=False):
    action: str
    modulus: int
    regex: str
    replacement: str
    separator: str
    sourceLabels: Sequence[str]
    targetLabel: str

class PodMonitorSpecPodMetricsEndpointsOauth2(TypedDict, total=False):
    clientId: Required[PodMonitorSpecPodMetricsEndpointsOauth2ClientId]
    clientSecret: Required[PodMonitorSpecPodMetricsEndpointsOauth2ClientSecret]
    endpointParams: Mapping[str, str]
    noProxy: str
    proxyConnectHeader: Mapping[str, Sequence[PodMonitorSpecPodMetricsEndpointsOauth2ProxyConnectHeader]]
    proxyFromEnvironment: bool
    proxyUrl: str
    scopes: Sequence[str]
    tlsConfig: PodMonitorSpecPodMetricsEndpointsOauth2TlsConfig
    tokenUrl: Required[str]

class PodMonitorSpecPodMetricsEndpointsOauth2ClientId(TypedDict, total=False):
    configMap: PodMonitorSpecPodMetricsEndpointsOauth2ClientIdConfigMap
    secret: PodMonitorSpecPodMetricsEndpointsOauth2ClientIdSecret

class PodMonitorSpecPodMetricsEndpointsOauth2ClientIdConfigMap(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsOauth2ClientIdSecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsOauth2ClientSecret(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsOauth2ProxyConnectHeader(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsOauth2TlsConfig(TypedDict, total=False):
    ca: PodMonitorSpecPodMetricsEndpointsOauth2TlsConfigCa
    cert: PodMonitorSpecPodMetricsEndpointsOauth2TlsConfigCert
    insecureSkipVerify: bool
    keySecret: PodMonitorSpecPodMetricsEndpointsOauth2TlsConfigKeySecret
    maxVersion: str
    minVersion: str
    serverName: str

class PodMonitorSpecPodMetricsEndpointsOauth2TlsConfigCa(TypedDict, total=False):
    configMap: Any
    secret: Any

class PodMonitorSpecPodMetricsEndpointsOauth2TlsConfigCert(TypedDict, total=False):
    configMap: Any
    secret: Any

class PodMonitorSpecPodMetricsEndpointsOauth2TlsConfigKeySecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsProxyConnectHeader(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecPodMetricsEndpointsRelabelings(TypedDict, total=False):
    action: str
    modulus: int
    regex: str
    replacement: str
    separator: str
    sourceLabels: Sequence[str]
    targetLabel: str

class PodMonitorSpecPodMetricsEndpointsTlsConfig(TypedDict, total=False):
    ca: PodMonitorSpecPodMetricsEndpointsTlsConfigCa
    cert: PodMonitorSpecPodMetricsEndpointsTlsConfigCert
    insecureSkipVerify: bool
    keySecret: PodMonitorSpecPodMetricsEndpointsTlsConfigKeySecret
    maxVersion: str
    minVersion: str
    serverName: str

class PodMonitorSpecPodMetricsEndpointsTlsConfigCa(TypedDict, total=False):
    configMap: PodMonitorSpecPodMetricsEndpointsTlsConfigCaConfigMap
    secret: PodMonitorSpecPodMetricsEndpointsTlsConfigCaSecret

class PodMonitorSpecPodMetricsEndpointsTlsConfigCaConfigMap(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsTlsConfigCaSecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsTlsConfigCert(TypedDict, total=False):
    configMap: PodMonitorSpecPodMetricsEndpointsTlsConfigCertConfigMap
    secret: PodMonitorSpecPodMetricsEndpointsTlsConfigCertSecret

class PodMonitorSpecPodMetricsEndpointsTlsConfigCertConfigMap(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsTlsConfigCertSecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class PodMonitorSpecPodMetricsEndpointsTlsConfigKeySecret(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class PodMonitorSpecSelector(TypedDict, total=False):
    matchExpressions: Sequence[PodMonitorSpecSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class PodMonitorSpecSelectorMatchExpressions(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: Sequence[str]

class PodOS(TypedDict, total=False):
    name: Required[str]

class PodReadinessGate(TypedDict, total=False):
    conditionType: Required[str]

class PodResourceClaim(TypedDict, total=False):
    name: Required[str]
    resourceClaimName: str
    resourceClaimTemplateName: str

class PodSchedulingGate(TypedDict, total=False):
    name: Required[str]

class PodSchedulingGroup(TypedDict, total=False):
    podGroupName: str

class PodSecurityContext(TypedDict, total=False):
    appArmorProfile: AppArmorProfile
    fsGroup: int
    fsGroupChangePolicy: str
    runAsGroup: int
    runAsNonRoot: bool
    runAsUser: int
    seLinuxChangePolicy: str
    seLinuxOptions: SELinuxOptions
    seccompProfile: SeccompProfile
    supplementalGroups: Sequence[int]
    supplementalGroupsPolicy: str
    sysctls: Sequence[Sysctl]
    windowsOptions: WindowsSecurityContextOptions

class PodSpec(TypedDict, total=False):
    activeDeadlineSeconds: int
    affinity: Affinity
    automountServiceAccountToken: bool
    containers: Required[Sequence[Container]]
    dnsConfig: PodDNSConfig
    dnsPolicy: str
    enableServiceLinks: bool
    ephemeralContainers: Sequence[EphemeralContainer]
    evictionResponders: Sequence[EvictionResponder]
    hostAliases: Sequence[HostAlias]
    hostIPC: bool
    hostNetwork: bool
    hostPID: bool
    hostUsers: bool
    hostname: str
    hostnameOverride: str
    imagePullSecrets: Sequence[LocalObjectReference]
    initContainers: Sequence[Container]
    nodeName: str
    nodeSelector: Mapping[str, str]
    os: PodOS
    overhead: Mapping[str, int | str]
    preemptionPolicy: str
    priority: int
    priorityClassName: str
    readinessGates: Sequence[PodReadinessGate]
    resourceClaims: Sequence[PodResourceClaim]
    resources: ResourceRequirements
    restartPolicy: str
    runtimeClassName: str
    schedulerName: str
    schedulingGates: Sequence[PodSchedulingGate]
    schedulingGroup: PodSchedulingGroup
    securityContext: PodSecurityContext
    serviceAccount: str
    serviceAccountName: str
    setHostnameAsFQDN: bool
    shareProcessNamespace: bool
    subdomain: str
    terminationGracePeriodSeconds: int
    tolerations: Sequence[Toleration]
    topologySpreadConstraints: Sequence[TopologySpreadConstraint]
    volumes: Sequence[Volume]

class PodTemplateSpec(TypedDict, total=False):
    metadata: ObjectMeta
    spec: PodSpec

class PodsMetricSource(TypedDict, total=False):
    metric: Required[MetricIdentifier]
    target: Required[MetricTarget]

class PolicyRule(TypedDict, total=False):
    apiGroups: Sequence[str]
    nonResourceURLs: Sequence[str]
    resourceNames: Sequence[str]
    resources: Sequence[str]
    verbs: Required[Sequence[str]]

class PortworxVolumeSource(TypedDict, total=False):
    fsType: str
    readOnly: bool
    volumeID: Required[str]

class PreferredSchedulingTerm(TypedDict, total=False):
    preference: Required[NodeSelectorTerm]
    weight: Required[int]

class PriorityClass(TypedDict, total=False):
    description: str
    globalDefault: bool
    metadata: ObjectMeta
    preemptionPolicy: str
    value: int

class Probe(TypedDict, total=False):
    exec: ExecAction
    failureThreshold: int
    grpc: GRPCAction
    httpGet: HTTPGetAction
    initialDelaySeconds: int
    periodSeconds: int
    successThreshold: int
    tcpSocket: TCPSocketAction
    terminationGracePeriodSeconds: int
    timeoutSeconds: int

class ProjectedVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    sources: Sequence[VolumeProjection]

class QuobyteVolumeSource(TypedDict, total=False):
    group: str
    readOnly: bool
    registry: Required[str]
    tenant: str
    user: str
    volume: Required[str]

class RBDVolumeSource(TypedDict, total=False):
    fsType: str
    image: Required[str]
    keyring: str
    monitors: Required[Sequence[str]]
    pool: str
    readOnly: bool
    secretRef: LocalObjectReference
    user: str

class ResourceClaim(TypedDict, total=False):
    name: Required[str]
    request: str

class ResourceFieldSelector(TypedDict, total=False):
    containerName: str
    divisor: int | str
    resource: Required[str]

class ResourceMetricSource(TypedDict, total=False):
    name: Required[str]
    target: Required[MetricTarget]

class ResourceQuota(TypedDict, total=False):
    metadata: ObjectMeta
    spec: ResourceQuotaSpec

class ResourceQuotaSpec(TypedDict, total=False):
    hard: Mapping[str, int | str]
    scopeSelector: ScopeSelector
    scopes: Sequence[str]

class ResourceRequirements(TypedDict, total=False):
    claims: Sequence[ResourceClaim]
    limits: Mapping[str, int | str]
    requests: Mapping[str, int | str]

class Role(TypedDict, total=False):
    metadata: ObjectMeta
    rules: Sequence[PolicyRule]

class RoleBinding(TypedDict, total=False):
    metadata: ObjectMeta
    roleRef: Required[RoleRef]
    subjects: Sequence[Subject]

class RoleRef(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]

class RollingUpdateDeployment(TypedDict, total=False):
    maxSurge: int | str
    maxUnavailable: int | str

class RollingUpdateStatefulSetStrategy(TypedDict, total=False):
    maxUnavailable: int | str
    partition: int

class SELinuxOptions(TypedDict, total=False):
    level: str
    role: str
    type: str
    user: str

class ScaleIOVolumeSource(TypedDict, total=False):
    fsType: str
    gateway: Required[str]
    protectionDomain: str
    readOnly: bool
    secretRef: Required[LocalObjectReference]
    sslEnabled: bool
    storageMode: str
    storagePool: str
    system: Required[str]
    volumeName: str

class ScheduledBackup(TypedDict, total=False):
    metadata: Required[ObjectMeta]
    spec: Required[ScheduledBackupSpec]

class ScheduledBackupSpec(TypedDict, total=False):
    backupOwnerReference: str
    cluster: Required[ScheduledBackupSpecCluster]
    immediate: bool
    method: str
    online: bool
    onlineConfiguration: ScheduledBackupSpecOnlineConfiguration
    pluginConfiguration: ScheduledBackupSpecPluginConfiguration
    schedule: Required[str]
    suspend: bool
    target: str

class ScheduledBackupSpecCluster(TypedDict, total=False):
    name: Required[str]

class ScheduledBackupSpecOnlineConfiguration(TypedDict, total=False):
    immediateCheckpoint: bool
    waitForArchive: bool

class ScheduledBackupSpecPluginConfiguration(TypedDict, total=False):
    name: Required[str]
    parameters: Mapping[str, str]

class ScopeSelector(TypedDict, total=False):
    matchExpressions: Sequence[ScopedResourceSelectorRequirement]

class ScopedResourceSelectorRequirement(TypedDict, total=False):
    operator: Required[str]
    scopeName: Required[str]
    values: Sequence[str]

class SealedSecret(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[SealedSecretSpec]

class SealedSecretSpec(TypedDict, total=False):
    data: str
    encryptedData: Required[Mapping[str, str]]
    template: SealedSecretSpecTemplate

class SealedSecretSpecTemplate(TypedDict, total=False):
    data: Mapping[str, str]
    immutable: bool
    metadata: SealedSecretSpecTemplateMetadata
    type: str

class SealedSecretSpecTemplateMetadata(TypedDict, total=False):
    annotations: Mapping[str, str]
    finalizers: Sequence[str]
    labels: Mapping[str, str]
    name: str
    namespace: str

class SeccompProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]

class SecretEnvSource(TypedDict, total=False):
    name: str
    optional: bool

class SecretKeySelector(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class SecretProjection(TypedDict, total=False):
    items: Sequence[KeyToPath]
    name: str
    optional: bool

class SecretVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    items: Sequence[KeyToPath]
    optional: bool
    secretName: str

class SecurityContext(TypedDict, total=False):
    allowPrivilegeEscalation: bool
    appArmorProfile: AppArmorProfile
    capabilities: Capabilities
    privileged: bool
    procMount: str
    readOnlyRootFilesystem: bool
    runAsGroup: int
    runAsNonRoot: bool
    runAsUser: int
    seLinuxOptions: SELinuxOptions
    seccompProfile: SeccompProfile
    windowsOptions: WindowsSecurityContextOptions

class Service(TypedDict, total=False):
    metadata: ObjectMeta
    spec: ServiceSpec

class ServiceAccount(TypedDict, total=False):
    automountServiceAccountToken: bool
    imagePullSecrets: Sequence[LocalObjectReference]
    metadata: ObjectMeta
    secrets: Sequence[ObjectReference]

class ServiceAccountTokenProjection(TypedDict, total=False):
    audience: str
    expirationSeconds: int
    path: Required[str]
    user: int

class ServiceBackendPort(TypedDict, total=False):
    name: str
    number: int

class ServiceMonitor(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[ServiceMonitorSpec]

class ServiceMonitorSpec(TypedDict, total=False):
    attachMetadata: ServiceMonitorSpecAttachMetadata
    bodySizeLimit: str
    convertClassicHistogramsToNHCB: bool
    endpoints: Required[Sequence[ServiceMonitorSpecEndpoints]]
    fallbackScrapeProtocol: str
    jobLabel: str
    keepDroppedTargets: int
    labelLimit: int
    labelNameLengthLimit: int
    labelValueLengthLimit: int
    namespaceSelector: ServiceMonitorSpecNamespaceSelector
    nativeHistogramBucketLimit: int
    nativeHistogramMinBucketFactor: int | str
    podTargetLabels: Sequence[str]
    sampleLimit: int
    scrapeClass: str
    scrapeClassicHistograms: bool
    scrapeNativeHistograms: bool
    scrapeProtocols: Sequence[str]
    selector: Required[ServiceMonitorSpecSelector]
    selectorMechanism: str
    serviceDiscoveryRole: str
    targetLabels: Sequence[str]
    targetLimit: int

class ServiceMonitorSpecAttachMetadata(TypedDict, total=False):
    node: bool

class ServiceMonitorSpecEndpoints(TypedDict, total=False):
    authorization: ServiceMonitorSpecEndpointsAuthorization
    basicAuth: ServiceMonitorSpecEndpointsBasicAuth
    bearerTokenFile: str
    bearerTokenSecret: ServiceMonitorSpecEndpointsBearerTokenSecret
    enableHttp2: bool
    filterRunning: bool
    followRedirects: bool
    honorLabels: bool
    honorTimestamps: bool
    interval: str
    metricRelabelings: Sequence[ServiceMonitorSpecEndpointsMetricRelabelings]
    noProxy: str
    oauth2: ServiceMonitorSpecEndpointsOauth2
    params: Mapping[str, Sequence[str]]
    path: str
    port: str
    proxyConnectHeader: Mapping[str, Sequence[ServiceMonitorSpecEndpointsProxyConnectHeader]]
    proxyFromEnvironment: bool
    proxyUrl: str
    relabelings: Sequence[ServiceMonitorSpecEndpointsRelabelings]
    scheme: str
    scrapeTimeout: str
    targetPort: int | str
    tlsConfig: ServiceMonitorSpecEndpointsTlsConfig
    trackTimestampsStaleness: bool

class ServiceMonitorSpecEndpointsAuthorization(TypedDict, total=False):
    credentials: ServiceMonitorSpecEndpointsAuthorizationCredentials
    type: str

class ServiceMonitorSpecEndpointsAuthorizationCredentials(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsBasicAuth(TypedDict, total=False):
    password: ServiceMonitorSpecEndpointsBasicAuthPassword
    username: ServiceMonitorSpecEndpointsBasicAuthUsername

class ServiceMonitorSpecEndpointsBasicAuthPassword(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsBasicAuthUsername(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsBearerTokenSecret(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsMetricRelabelings(TypedDict, total=False):
    action: str
    modulus: int
    regex: str
    replacement: str
    separator: str
    sourceLabels: Sequence[str]
    targetLabel: str

class ServiceMonitorSpecEndpointsOauth2(TypedDict, total=False):
    clientId: Required[ServiceMonitorSpecEndpointsOauth2ClientId]
    clientSecret: Required[ServiceMonitorSpecEndpointsOauth2ClientSecret]
    endpointParams: Mapping[str, str]
    noProxy: str
    proxyConnectHeader: Mapping[str, Sequence[ServiceMonitorSpecEndpointsOauth2ProxyConnectHeader]]
    proxyFromEnvironment: bool
    proxyUrl: str
    scopes: Sequence[str]
    tlsConfig: ServiceMonitorSpecEndpointsOauth2TlsConfig
    tokenUrl: Required[str]

class ServiceMonitorSpecEndpointsOauth2ClientId(TypedDict, total=False):
    configMap: ServiceMonitorSpecEndpointsOauth2ClientIdConfigMap
    secret: ServiceMonitorSpecEndpointsOauth2ClientIdSecret

class ServiceMonitorSpecEndpointsOauth2ClientIdConfigMap(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsOauth2ClientIdSecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsOauth2ClientSecret(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsOauth2ProxyConnectHeader(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsOauth2TlsConfig(TypedDict, total=False):
    ca: ServiceMonitorSpecEndpointsOauth2TlsConfigCa
    cert: ServiceMonitorSpecEndpointsOauth2TlsConfigCert
    insecureSkipVerify: bool
    keySecret: ServiceMonitorSpecEndpointsOauth2TlsConfigKeySecret
    maxVersion: str
    minVersion: str
    serverName: str

class ServiceMonitorSpecEndpointsOauth2TlsConfigCa(TypedDict, total=False):
    configMap: Any
    secret: Any

class ServiceMonitorSpecEndpointsOauth2TlsConfigCert(TypedDict, total=False):
    configMap: Any
    secret: Any

class ServiceMonitorSpecEndpointsOauth2TlsConfigKeySecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsProxyConnectHeader(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecEndpointsRelabelings(TypedDict, total=False):
    action: str
    modulus: int
    regex: str
    replacement: str
    separator: str
    sourceLabels: Sequence[str]
    targetLabel: str

class ServiceMonitorSpecEndpointsTlsConfig(TypedDict, total=False):
    ca: ServiceMonitorSpecEndpointsTlsConfigCa
    caFile: str
    cert: ServiceMonitorSpecEndpointsTlsConfigCert
    certFile: str
    insecureSkipVerify: bool
    keyFile: str
    keySecret: ServiceMonitorSpecEndpointsTlsConfigKeySecret
    maxVersion: str
    minVersion: str
    serverName: str

class ServiceMonitorSpecEndpointsTlsConfigCa(TypedDict, total=False):
    configMap: ServiceMonitorSpecEndpointsTlsConfigCaConfigMap
    secret: ServiceMonitorSpecEndpointsTlsConfigCaSecret

class ServiceMonitorSpecEndpointsTlsConfigCaConfigMap(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsTlsConfigCaSecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsTlsConfigCert(TypedDict, total=False):
    configMap: ServiceMonitorSpecEndpointsTlsConfigCertConfigMap
    secret: ServiceMonitorSpecEndpointsTlsConfigCertSecret

class ServiceMonitorSpecEndpointsTlsConfigCertConfigMap(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsTlsConfigCertSecret(TypedDict, total=False):
    key: Required[Any]
    name: Any
    optional: Any

class ServiceMonitorSpecEndpointsTlsConfigKeySecret(TypedDict, total=False):
    key: Required[str]
    name: str
    optional: bool

class ServiceMonitorSpecNamespaceSelector(TypedDict, total=False):
    any: bool
    matchNames: Sequence[str]

class ServiceMonitorSpecSelector(TypedDict, total=False):
    matchExpressions: Sequence[ServiceMonitorSpecSelectorMatchExpressions]
    matchLabels: Mapping[str, str]

class ServiceMonitorSpecSelectorMatchExpressions(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: Sequence[str]

class ServicePort(TypedDict, total=False):
    appProtocol: str
    name: str
    nodePort: int
    port: Required[int]
    protocol: str
    targetPort: int | str

class ServiceSpec(TypedDict, total=False):
    allocateLoadBalancerNodePorts: bool
    clusterIP: str
    clusterIPs: Sequence[str]
    externalIPs: Sequence[str]
    externalName: str
    externalTrafficPolicy: str
    healthCheckNodePort: int
    internalTrafficPolicy: str
    ipFamilies: Sequence[str]
    ipFamilyPolicy: str
    loadBalancerClass: str
    loadBalancerIP: str
    loadBalancerSourceRanges: Sequence[str]
    ports: Sequence[ServicePort]
    publishNotReadyAddresses: bool
    selector: Mapping[str, str]
    sessionAffinity: str
    sessionAffinityConfig: SessionAffinityConfig
    trafficDistribution: str
    type: str

class SessionAffinityConfig(TypedDict, total=False):
    clientIP: ClientIPConfig

class SleepAction(TypedDict, total=False):
    seconds: Required[int]

class StatefulSet(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[StatefulSetSpec]

class StatefulSetOrdinals(TypedDict, total=False):
    start: int

class StatefulSetPersistentVolumeClaimRetentionPolicy(TypedDict, total=False):
    whenDeleted: str
    whenScaled: str

class StatefulSetSpec(TypedDict, total=False):
    minReadySeconds: int
    ordinals: StatefulSetOrdinals
    persistentVolumeClaimRetentionPolicy: StatefulSetPersistentVolumeClaimRetentionPolicy
    podManagementPolicy: str
    replicas: int
    revisionHistoryLimit: int
    selector: Required[LabelSelector]
    serviceName: str
    template: Required[PodTemplateSpec]
    updateStrategy: StatefulSetUpdateStrategy
    volumeClaimTemplates: Sequence[PersistentVolumeClaim]

class StatefulSetUpdateStrategy(TypedDict, total=False):
    rollingUpdate: RollingUpdateStatefulSetStrategy
    type: str

class StorageOSVolumeSource(TypedDict, total=False):
    fsType: str
    readOnly: bool
    secretRef: LocalObjectReference
    volumeName: str
    volumeNamespace: str

class Subject(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]
    namespace: str

class SuccessPolicy(TypedDict, total=False):
    rules: Required[Sequence[SuccessPolicyRule]]

class SuccessPolicyRule(TypedDict, total=False):
    succeededCount: int
    succeededIndexes: str

class Sysctl(TypedDict, total=False):
    name: Required[str]
    value: Required[str]

class TCPSocketAction(TypedDict, total=False):
    host: str
    port: Required[int | str]

class Toleration(TypedDict, total=False):
    effect: str
    key: str
    operator: str
    tolerationSeconds: int
    value: str

class TopologyConstraint(TypedDict, total=False):
    key: Required[str]

class TopologySpreadConstraint(TypedDict, total=False):
    labelSelector: LabelSelector
    matchLabelKeys: Sequence[str]
    maxSkew: Required[int]
    minDomains: int
    nodeAffinityPolicy: str
    nodeTaintsPolicy: str
    topologyKey: Required[str]
    whenUnsatisfiable: Required[str]

class TypedLocalObjectReference(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]

class TypedObjectReference(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]
    namespace: str

class VerticalPodAutoscaler(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[VerticalPodAutoscalerSpec]

class VerticalPodAutoscalerSpec(TypedDict, total=False):
    recommenders: Sequence[VerticalPodAutoscalerSpecRecommenders]
    resourcePolicy: VerticalPodAutoscalerSpecResourcePolicy
    targetRef: Required[VerticalPodAutoscalerSpecTargetRef]
    updatePolicy: VerticalPodAutoscalerSpecUpdatePolicy

class VerticalPodAutoscalerSpecRecommenders(TypedDict, total=False):
    name: Required[str]

class VerticalPodAutoscalerSpecResourcePolicy(TypedDict, total=False):
    containerPolicies: Sequence[VerticalPodAutoscalerSpecResourcePolicyContainerPolicies]

class VerticalPodAutoscalerSpecResourcePolicyContainerPolicies(TypedDict, total=False):
    containerName: str
    controlledResources: Sequence[str]
    controlledValues: str
    maxAllowed: Mapping[str, int | str]
    minAllowed: Mapping[str, int | str]
    mode: str

class VerticalPodAutoscalerSpecTargetRef(TypedDict, total=False):
    apiVersion: str
    kind: Required[str]
    name: Required[str]

class VerticalPodAutoscalerSpecUpdatePolicy(TypedDict, total=False):
    evictionRequirements: Sequence[VerticalPodAutoscalerSpecUpdatePolicyEvictionRequirements]
    minReplicas: int
    updateMode: str

class VerticalPodAutoscalerSpecUpdatePolicyEvictionRequirements(TypedDict, total=False):
    changeRequirement: Required[str]
    resources: Required[Sequence[str]]

class Volume(TypedDict, total=False):
    awsElasticBlockStore: AWSElasticBlockStoreVolumeSource
    azureDisk: AzureDiskVolumeSource
    azureFile: AzureFileVolumeSource
    cephfs: CephFSVolumeSource
    cinder: CinderVolumeSource
    configMap: ConfigMapVolumeSource
    csi: CSIVolumeSource
    downwardAPI: DownwardAPIVolumeSource
    emptyDir: EmptyDirVolumeSource
    ephemeral: EphemeralVolumeSource
    fc: FCVolumeSource
    flexVolume: FlexVolumeSource
    flocker: FlockerVolumeSource
    gcePersistentDisk: GCEPersistentDiskVolumeSource
    gitRepo: GitRepoVolumeSource
    glusterfs: GlusterfsVolumeSource
    hostPath: HostPathVolumeSource
    image: ImageVolumeSource
    iscsi: ISCSIVolumeSource
    name: Required[str]
    nfs: NFSVolumeSource
    persistentVolumeClaim: PersistentVolumeClaimVolumeSource
    photonPersistentDisk: PhotonPersistentDiskVolumeSource
    portworxVolume: PortworxVolumeSource
    projected: ProjectedVolumeSource
    quobyte: QuobyteVolumeSource
    rbd: RBDVolumeSource
    scaleIO: ScaleIOVolumeSource
    secret: SecretVolumeSource
    storageos: StorageOSVolumeSource
    vsphereVolume: VsphereVirtualDiskVolumeSource

class VolumeDevice(TypedDict, total=False):
    devicePath: Required[str]
    name: Required[str]

class VolumeMount(TypedDict, total=False):
    bindMountOptions: Sequence[str]
    mountPath: Required[str]
    mountPropagation: str
    name: Required[str]
    readOnly: bool
    recursiveReadOnly: str
    subPath: str
    subPathExpr: str

class VolumeProjection(TypedDict, total=False):
    clusterTrustBundle: ClusterTrustBundleProjection
    configMap: ConfigMapProjection
    downwardAPI: DownwardAPIProjection
    podCertificate: PodCertificateProjection
    secret: SecretProjection
    serviceAccountToken: ServiceAccountTokenProjection

class VolumeResourceRequirements(TypedDict, total=False):
    limits: Mapping[str, int | str]
    requests: Mapping[str, int | str]

class VsphereVirtualDiskVolumeSource(TypedDict, total=False):
    fsType: str
    storagePolicyID: str
    storagePolicyName: str
    volumePath: Required[str]

class WeightedPodAffinityTerm(TypedDict, total=False):
    podAffinityTerm: Required[PodAffinityTerm]
    weight: Required[int]

class WindowsSecurityContextOptions(TypedDict, total=False):
    gmsaCredentialSpec: str
    gmsaCredentialSpecName: str
    hostProcess: bool
    runAsUserName: str

class WorkloadPodGroupDisruptionMode(TypedDict, total=False):
    all: Mapping[str, Any]
    single: Mapping[str, Any]

class WorkloadPodGroupGangSchedulingPolicy(TypedDict, total=False):
    minCount: int

class WorkloadPodGroupResourceClaim(TypedDict, total=False):
    name: Required[str]
    resourceClaimName: str
    resourceClaimTemplateName: str

class WorkloadPodGroupSchedulingConstraints(TypedDict, total=False):
    topology: Sequence[TopologyConstraint]

class WorkloadPodGroupSchedulingPolicy(TypedDict, total=False):
    basic: Mapping[str, Any]
    gang: WorkloadPodGroupGangSchedulingPolicy
