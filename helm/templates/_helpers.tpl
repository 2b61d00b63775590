{{/* The name of every object: the release's, with the chart's unless it holds it already. */}}
{{- define "agent.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What tells this release's pods from others. Never changes: a Deployment's selector cannot. */}}
{{- define "agent.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "agent.serverLabels" -}}
{{ include "agent.selectorLabels" . }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "agent.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "agent.selectorLabels" . }}
app.kubernetes.io/version: {{ include "agent.tag" . | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "agent.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "agent.image" -}}
{{- printf "%s:%s" .Values.image.repository (include "agent.tag" .) -}}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* The public name of the agent on this cluster. */}}
{{- define "agent.host" -}}
{{- printf "agent.%s" .Values.cluster.domain -}}
{{- end -}}

{{/*
The name by which users reach the agent wherever it is active. Empty where there is none beside the cluster's own.
It stands in .Values.config, which the schema of every revision of this chart lets through: a cluster that is pinned to
an older one must not fail because the hub has a name for users.
*/}}
{{- define "agent.usersHost" -}}
{{- with .Values.config.USERS_HOST }}{{ if ne . (include "agent.host" $) }}{{ . }}{{ end }}{{ end -}}
{{- end -}}

{{/* Hosts that the agent answers to. */}}
{{- define "agent.hosts" -}}
- {{ include "agent.host" . }}
{{- with include "agent.usersHost" . }}
- {{ . }}
{{- end }}
{{- end -}}

{{/*
Annotations for external-dns: the cluster's own name alone. The users' name is the hub's to publish, so the hosts of the
object itself are not looked at. Releases of external-dns before 0.22 read the prefix with "alpha", later ones the other.
Takes a dict: root, settings (enabled, ttlSeconds), and source, which says which kind of object it is for.
*/}}
{{- define "agent.externalDns" -}}
{{- range $prefix := list "external-dns.alpha.kubernetes.io" "external-dns.kubernetes.io" }}
{{ $prefix }}/{{ $.source }}-hostname-source: annotation-only
{{- if $.settings.enabled }}
{{ $prefix }}/hostname: {{ include "agent.host" $.root }}
{{ $prefix }}/ttl: {{ $.settings.ttlSeconds | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The agent's environment, as the ConfigMap's data. The cluster's facts win over .Values.config. */}}
{{- define "agent.config" -}}
{{- $cluster := dict
    "CLUSTER_NAME" .Values.cluster.name
    "CLUSTER_ENVIRONMENT" .Values.cluster.environment
    "CLUSTER_REGION" .Values.cluster.region
    "CLUSTER_DOMAIN" .Values.cluster.domain
    "PUBLIC_HOST" (include "agent.host" .)
    "SERVICE_HOST" (printf "%s.%s.svc.%s" (include "agent.fullname" .) .Release.Namespace .Values.cluster.dnsDomain)
    "GRACE_SECONDS" (sub .Values.shutdown.graceSeconds (add .Values.shutdown.drainSeconds 5) | max 1 | toString)
-}}
{{- merge $cluster .Values.config | toYaml -}}
{{- end -}}

{{/* Places an object before the migration, which needs it. Without a migration, waves only cost time. */}}
{{- define "agent.beforeMigration" -}}
{{- if .Values.migration.enabled -}}
annotations:
  argocd.argoproj.io/sync-wave: "-2"
{{- end -}}
{{- end -}}
