{{/* What the server's and the migration's pods share. It passes the restricted Pod Security Standard. */}}
{{- define "agent.podSpec" -}}
serviceAccountName: {{ include "agent.fullname" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 128Mi
{{- end -}}

{{/* What their one container shares. */}}
{{- define "agent.container" -}}
image: {{ include "agent.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - configMapRef:
      name: {{ include "agent.fullname" . }}
  {{- if .Values.externalSecret.enabled }}
  - secretRef:
      name: {{ include "agent.fullname" . }}
  {{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end -}}
