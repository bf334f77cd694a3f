{{/* Environment variables from a Secret; argument: list variable secret key */}}
{{- define "fiapx.from-secret" -}}
- name: {{ index . 0 }}
  valueFrom: {secretKeyRef: {name: {{ index . 1 }}, key: {{ index . 2 }}}}
{{- end }}

{{/* A service's database; argument: list root prefix role variable */}}
{{- define "fiapx.settings.postgresql" -}}
{{- $root := index . 0 -}}{{- $role := index . 2 -}}{{- $server := include "fiapx.postgresql" $root | fromYaml -}}
{{ include "fiapx.from-secret" (list "POSTGRESQL_PASSWORD" $server.secret (printf "%s-password" ($role | replace "_" "-"))) }}
- name: {{ index . 1 }}_POSTGRES__{{ index . 3 }}
  value: postgresql+asyncpg://{{ $role }}:$(POSTGRESQL_PASSWORD)@{{ $server.host }}:{{ $server.port }}/{{ trimSuffix "_owner" $role }}{{ with $server.parameters }}?{{ . }}{{ end }}
{{- end }}

{{/* Argument: list root prefix user */}}
{{- define "fiapx.settings.redis" -}}
{{- $server := include "fiapx.redis" (index . 0) | fromYaml -}}{{- $user := index . 2 -}}
{{ include "fiapx.from-secret" (list "REDIS_PASSWORD" $server.secret (printf "%s-password" $user)) }}
- name: {{ index . 1 }}_REDIS__URL
  value: {{ $server.scheme }}://{{ $user }}:$(REDIS_PASSWORD)@{{ $server.host }}:{{ $server.port }}/0
{{- end }}

{{/* Argument: list root prefix user */}}
{{- define "fiapx.settings.rabbitmq" -}}
{{- $server := include "fiapx.rabbitmq" (index . 0) | fromYaml -}}{{- $user := index . 2 -}}
{{ include "fiapx.from-secret" (list "RABBITMQ_PASSWORD" $server.secret (printf "%s-password" $user)) }}
- name: RABBITMQ_USER
  value: {{ $user }}
- name: {{ index . 1 }}_BROKER__URL
  value: {{ $server.scheme }}://$(RABBITMQ_USER):$(RABBITMQ_PASSWORD)@{{ $server.host }}:{{ $server.port }}/{{ $server.vhost }}
{{- end }}

{{/* Argument: list root prefix user */}}
{{- define "fiapx.settings.object-store" -}}
{{- $server := include "fiapx.object-store" (index . 0) | fromYaml -}}{{- $prefix := index . 1 -}}
{{- $user := ternary "root" (index . 2) $server.bundled -}}
- name: {{ $prefix }}_STORE__ENDPOINT
  value: {{ $server.host }}:{{ $server.port }}
- name: {{ $prefix }}_STORE__SECURE
  value: {{ $server.secure | quote }}
- name: {{ $prefix }}_STORE__BUCKET
  value: {{ $server.bucket }}
- name: {{ $prefix }}_STORE__REGION
  value: {{ $server.region }}
{{ include "fiapx.from-secret" (list (printf "%s_STORE__ACCESS_KEY" $prefix) $server.secret (printf "%s-access-key" $user)) }}
{{ include "fiapx.from-secret" (list (printf "%s_STORE__SECRET_KEY" $prefix) $server.secret (printf "%s-secret-key" $user)) }}
{{- end }}

{{- define "fiapx.settings.smtp" -}}
{{- $server := include "fiapx.smtp" (index . 0) | fromYaml -}}
- name: NOTIFICATION_SMTP__HOST
  value: {{ $server.host }}
- name: NOTIFICATION_SMTP__PORT
  value: {{ $server.port | quote }}
- name: NOTIFICATION_SMTP__SECURITY
  value: {{ $server.security }}
{{- with $server.secret }}
{{ include "fiapx.from-secret" (list "NOTIFICATION_SMTP__USERNAME" . "username") }}
{{ include "fiapx.from-secret" (list "NOTIFICATION_SMTP__PASSWORD" . "password") }}
{{- end }}
- name: NOTIFICATION_SENDER__ADDRESS
  value: {{ (index . 0).Values.externalSmtp.sender }}
{{- end }}

{{/* What only one component is told; argument: root */}}
{{- define "fiapx.settings.api-gateway" -}}
- name: GATEWAY_HTTP__LISTEN
  value: 0.0.0.0:8080
- name: GATEWAY_ISSUER
  value: {{ .Values.publicUrl }}
- name: GATEWAY_AUTH_TARGET
  value: dns:///{{ include "fiapx.host" (list . "auth-service") }}:50051
- name: GATEWAY_UPLOAD_TARGET
  value: dns:///{{ include "fiapx.host" (list . "upload-service") }}:50051
- name: GATEWAY_PROCESSING_TARGET
  value: dns:///{{ include "fiapx.host" (list . "processing-planner") }}:50051
- name: GATEWAY_NOTIFICATION_TARGET
  value: dns:///{{ include "fiapx.host" (list . "notification-service") }}:50051
- name: GATEWAY_HTTP__STORE_ORIGINS
  value: {{ .Values.objectStore.publicUrl | list | compact | toJson | quote }}
- name: GATEWAY_HTTP__TRUSTED_PROXIES
  value: {{ .Values.ingress.trustedProxies | toJson | quote }}
{{- end }}

{{- define "fiapx.settings.auth-service" -}}
- name: AUTH_ISSUER
  value: {{ .Values.publicUrl }}
{{ include "fiapx.from-secret" (list "AUTH_KEY_ENCRYPTION_KEY" (include "fiapx.auth-secret" .) "key-encryption-key") }}
{{- end }}

{{- define "fiapx.settings.upload-service" -}}
{{- with .Values.objectStore.publicUrl -}}
- name: UPLOAD_STORE__PUBLIC_URL
  value: {{ . }}
{{- end }}
{{- end }}

{{- define "fiapx.settings.processing-planner" -}}
- name: PROCESSING_ROLES
  value: planner,assembler
- name: PROCESSING_SCRATCH_DIR
  value: /scratch
{{- end }}

{{- define "fiapx.settings.processing-worker" -}}
- name: PROCESSING_ROLES
  value: worker
- name: PROCESSING_SCRATCH_DIR
  value: /scratch
- name: PROCESSING_DRAIN_S
  value: {{ (index .Values.components "processing-worker").drainSeconds | quote }}
{{- end }}

{{- define "fiapx.settings.notification-service" -}}
- name: NOTIFICATION_PUBLIC_URL
  value: {{ .Values.publicUrl }}
{{- end }}

{{- define "fiapx.settings.frontend" -}}
- name: FIAPX_GATEWAY_URL
  value: http://{{ include "fiapx.host" (list . "api-gateway") }}:8080
- name: FIAPX_STORE_ORIGINS
  value: {{ .Values.objectStore.publicUrl | quote }}
{{- end }}

{{/* The whole environment of a component; argument: list root component facts */}}
{{- define "fiapx.settings" -}}
{{- $root := index . 0 -}}{{- $component := index . 1 -}}{{- $facts := index . 2 -}}{{- $user := lower $facts.prefix -}}
{{ include (printf "fiapx.settings.%s" $component) $root }}
{{- range $facts.servers }}
{{- if eq . "postgresql" }}
{{ include "fiapx.settings.postgresql" (list $root $facts.prefix $user "DSN") }}
{{- else }}
{{ include (printf "fiapx.settings.%s" .) (list $root $facts.prefix $user) }}
{{- end }}
{{- end }}
{{- if hasKey $facts.ports "metrics" }}
- name: {{ $facts.prefix }}_OPS__LISTEN
  value: 0.0.0.0:9090
{{- end }}
{{- if hasKey $facts.ports "grpc" }}
- name: {{ $facts.prefix }}_GRPC__LISTEN
  value: 0.0.0.0:50051
{{- end }}
{{- if ne $component "frontend" }}
- name: {{ $facts.prefix }}_TELEMETRY__LOG_LEVEL
  value: {{ $root.Values.telemetry.logLevel }}
{{- with include "fiapx.otlp" $root }}
- name: {{ $facts.prefix }}_TELEMETRY__OTLP_ENDPOINT
  value: {{ . }}
{{- end }}
{{- end }}
{{- range $name, $value := (index $root.Values.components $component).env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
