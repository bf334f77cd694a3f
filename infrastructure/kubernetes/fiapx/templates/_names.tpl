{{/* The release's name, and its components' */}}
{{- define "fiapx.name" -}}
{{- if contains "fiapx" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-fiapx{{ end -}}
{{- end }}

{{/* Labels that never change; argument: list root component */}}
{{- define "fiapx.selector" -}}
app.kubernetes.io/name: fiapx
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* All labels; argument: list root component */}}
{{- define "fiapx.labels" -}}
{{ include "fiapx.selector" . }}
app.kubernetes.io/part-of: fiapx
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
{{- end }}

{{/* An image of ours; argument: list root name */}}
{{- define "fiapx.image" -}}
{{- $root := index . 0 -}}
{{ $root.Values.image.prefix }}/{{ index . 1 }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{/*
The Deployments: the image, the prefix of settings, the port of probes (`door`), and what each speaks to (`calls`,
`servers`). NetworkPolicies and settings are made from this table.
*/}}
{{- define "fiapx.components" -}}
api-gateway:
  image: api-gateway
  prefix: GATEWAY
  ports: {http: 8080}
  door: http
  calls: [auth-service, upload-service, processing-planner, notification-service]
  servers: [redis]
auth-service:
  image: auth-service
  prefix: AUTH
  ports: {grpc: 50051, metrics: 9090}
  door: metrics
  servers: [postgresql, redis, rabbitmq]
upload-service:
  image: upload-service
  prefix: UPLOAD
  ports: {grpc: 50051, metrics: 9090}
  door: metrics
  servers: [postgresql, redis, rabbitmq, object-store]
processing-planner:
  image: processing-service
  prefix: PROCESSING
  ports: {grpc: 50051, metrics: 9090}
  door: metrics
  servers: [postgresql, rabbitmq, object-store]
processing-worker:
  image: processing-service
  prefix: PROCESSING
  ports: {metrics: 9090}
  door: metrics
  servers: [postgresql, rabbitmq, object-store]
notification-service:
  image: notification-service
  prefix: NOTIFICATION
  ports: {grpc: 50051, metrics: 9090}
  door: metrics
  servers: [postgresql, rabbitmq, smtp]
frontend:
  image: frontend
  prefix: FIAPX
  ports: {http: 8080}
  door: http
  calls: [api-gateway]
{{- end }}

{{/* Services with a schema: what their migration speaks to */}}
{{- define "fiapx.migrations" -}}
auth-service: {database: auth, module: auth_service.migrate, servers: [postgresql]}
upload-service: {database: upload, module: upload_service.migrate, servers: [postgresql, object-store]}
processing-service: {database: processing, module: processing_service.migrate, servers: [postgresql]}
notification-service: {database: notification, module: notification_service.migrate, servers: [postgresql]}
{{- end }}

{{/* A component's whole host name, which every resolver finds; argument: list root component */}}
{{- define "fiapx.host" -}}
{{- $root := index . 0 -}}
{{ include "fiapx.name" $root }}-{{ index . 1 }}.{{ $root.Release.Namespace }}.svc.{{ $root.Values.clusterDomain }}
{{- end }}
