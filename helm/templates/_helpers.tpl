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

{{/* The agent's environment, as the ConfigMap's data. The cluster's facts win over .Values.config. */}}
{{- define "agent.config" -}}
{{- $cluster := dict
    "CLUSTER_NAME" .Values.cluster.name
    "CLUSTER_ENVIRONMENT" .Values.cluster.environment
    "CLUSTER_REGION" .Values.cluster.region
    "CLUSTER_DOMAIN" .Values.cluster.domain
    "PUBLIC_HOST" (include "agent.host" .)
    "SERVICE_HOST" (printf "%s.%s.svc.%s" (include "agent.fullname" .) .Release.Namespace .Values.cluster.dnsDomain)
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
