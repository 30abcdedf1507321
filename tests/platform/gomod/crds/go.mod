// The modules that publish the CustomResourceDefinitions of what is rendered: definitions.py takes them; nothing is compiled.
module seawall.test/platform/crds

go 1.26.0

require (
	github.com/bitnami-labs/sealed-secrets v0.27.1
	github.com/cert-manager/cert-manager v1.21.2
	github.com/cloudnative-pg/plugin-barman-cloud v0.15.0
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
	k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1
	sigs.k8s.io/gateway-api v1.6.1
)
