{{/* The beginning of a server of this chart: its Service and the head of its StatefulSet up to the containers.
Argument: dict root component user ports (name → number) headless */}}
{{- define "fiapx.trial.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "fiapx.name" .root }}-{{ .component }}
  labels: {{ include "fiapx.labels" (list .root .component) | nindent 4 }}
spec:
  selector: {{ include "fiapx.selector" (list .root .component) | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - {name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }}}
    {{- end }}
{{- end }}

{{- define "fiapx.trial.head" -}}
metadata:
  name: {{ include "fiapx.name" .root }}-{{ .component }}
  labels: {{ include "fiapx.labels" (list .root .component) | nindent 4 }}
spec:
  replicas: 1
  {{- if .stateful }}
  serviceName: {{ include "fiapx.name" .root }}-{{ .component }}
  {{- end }}
  selector:
    matchLabels: {{ include "fiapx.selector" (list .root .component) | nindent 6 }}
  template:
    metadata:
      labels: {{ include "fiapx.labels" (list .root .component) | nindent 8 }}
    spec:
      {{- include "fiapx.pod-security" .user | nindent 6 }}
      {{- include "fiapx.placement" (list .root .component) | nindent 6 }}
      terminationGracePeriodSeconds: 60
{{- end }}

{{/* Argument: the `storage` of a server */}}
{{- define "fiapx.trial.claim" -}}
volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .className }}
      storageClassName: {{ . }}
      {{- end }}
      resources: {requests: {storage: {{ .size }}}}
{{- end }}

{{/* Scripts of this chart; argument: list root component file */}}
{{- define "fiapx.trial.script" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "fiapx.name" (index . 0) }}-{{ index . 1 }}
  labels: {{ include "fiapx.labels" (list (index . 0) (index . 1)) | nindent 4 }}
data:
  {{ index . 2 }}: |
    {{- (index . 0).Files.Get (printf "files/%s" (index . 2)) | nindent 4 }}
{{- end }}
