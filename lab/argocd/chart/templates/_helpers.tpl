{{/* Labels of an object whose name is given. */}}
{{- define "lab.labels" -}}
app.kubernetes.io/name: {{ . }}
app.kubernetes.io/part-of: argocd
{{- end -}}

{{/* An annotations block with every value quoted, or nothing. */}}
{{- define "lab.annotations" -}}
{{- with . }}
annotations:
  {{- range $key, $value := . }}
  {{ $key | quote }}: {{ $value | toString | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
A container's environment: upstream's variables (files/env), then those of the values, which replace
upstream's of the same name. Takes root, workload and values (the workload's own list).
*/}}
{{- define "lab.env" -}}
{{- $own := tpl (concat .root.Values.global.env .values | toYaml) .root | fromYamlArray }}
{{- $names := list }}
{{- range $own }}
{{- $names = append $names .name }}
{{- end }}
{{- $env := list }}
{{- range .root.Files.Get (printf "files/env/%s.yaml" .workload) | fromYamlArray }}
{{- if not (has .name $names) }}
{{- $env = append $env . }}
{{- end }}
{{- end }}
{{- concat $env $own | toYaml }}
{{- end -}}
