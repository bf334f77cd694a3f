{{/*
Each server is of this chart (`redis.enabled`) or elsewhere (`externalRedis.host`). One template per server answers as
YAML: bundled, host, port, secret, and what else belongs to its address.
*/}}
{{- define "fiapx.server" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{- $own := index $root.Values (index . 2) -}}{{- $external := index $root.Values (index . 3) -}}
{{- if $own.enabled }}
bundled: true
host: {{ include "fiapx.name" $root }}-{{ $name }}
port: {{ index . 4 }}
secret: {{ $own.existingSecret | default (printf "%s-%s" (include "fiapx.name" $root) $name) }}
{{- else }}
{{- if not $external.host }}{{ fail (printf "%s.enabled is false and %s.host is empty: name a server." (index . 2) (index . 3)) }}{{ end }}
bundled: false
host: {{ $external.host }}
port: {{ $external.port }}
{{- if $external.existingSecret }}
secret: {{ $external.existingSecret }}
{{- else }}{{ fail (printf "%s.existingSecret is empty: name the Secret with its passwords." (index . 3)) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "fiapx.postgresql" -}}
{{ include "fiapx.server" (list . "postgresql" "postgresql" "externalPostgresql" 5432) }}
parameters: {{ ternary "" .Values.externalPostgresql.parameters .Values.postgresql.enabled | quote }}
{{- end }}

{{- define "fiapx.redis" -}}
{{ include "fiapx.server" (list . "redis" "redis" "externalRedis" 6379) }}
scheme: {{ ternary "rediss" "redis" (and (not .Values.redis.enabled) .Values.externalRedis.tls) }}
{{- end }}

{{- define "fiapx.rabbitmq" -}}
{{ include "fiapx.server" (list . "rabbitmq" "rabbitmq" "externalRabbitmq" 5672) }}
scheme: {{ ternary "amqps" "amqp" (and (not .Values.rabbitmq.enabled) .Values.externalRabbitmq.tls) }}
vhost: {{ ternary "fiapx" .Values.externalRabbitmq.vhost .Values.rabbitmq.enabled }}
{{- end }}

{{- define "fiapx.object-store" -}}
{{- $own := .Values.objectStore.enabled -}}
{{ include "fiapx.server" (list . "object-store" "objectStore" "externalObjectStore" 9000) }}
secure: {{ ternary false .Values.externalObjectStore.secure $own }}
bucket: {{ ternary "fiapx" .Values.externalObjectStore.bucket $own }}
region: {{ ternary "us-east-1" .Values.externalObjectStore.region $own }}
{{- end }}

{{- define "fiapx.smtp" -}}
{{- if .Values.mailpit.enabled }}
bundled: true
host: {{ include "fiapx.name" . }}-mailpit
port: 1025
security: none
secret: ""
{{- else }}
{{- if not .Values.externalSmtp.host }}{{ fail "mailpit.enabled is false and externalSmtp.host is empty: name a server." }}{{ end }}
bundled: false
host: {{ .Values.externalSmtp.host }}
port: {{ .Values.externalSmtp.port }}
security: {{ .Values.externalSmtp.security }}
secret: {{ .Values.externalSmtp.existingSecret | quote }}
{{- end }}
{{- end }}

{{/* Where traces go, or nothing */}}
{{- define "fiapx.otlp" -}}
{{- if .Values.telemetry.otlpEndpoint }}{{ .Values.telemetry.otlpEndpoint }}
{{- else if .Values.collector.enabled }}http://{{ include "fiapx.name" . }}-collector:4317{{ end -}}
{{- end }}

{{- define "fiapx.auth-secret" -}}
{{ .Values.auth.existingSecret | default (printf "%s-auth" (include "fiapx.name" .)) }}
{{- end }}
