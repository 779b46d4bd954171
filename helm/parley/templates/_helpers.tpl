{{/* The common part of all names. */}}
{{- define "parley.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects the nodes of this release; must never change, for a StatefulSet's selector cannot. */}}
{{- define "parley.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: node
{{- end -}}

{{- define "parley.labels" -}}
{{ include "parley.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Of the pod of helm test, which the nodes' services must not select. */}}
{{- define "parley.testLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "parley.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "parley.secret" -}}
{{ default (include "parley.fullname" .) .Values.secrets.existing }}
{{- end -}}

{{- define "parley.keysSecret" -}}
{{ default (printf "%s-keys" (include "parley.fullname" .)) .Values.signingKeys.existing }}
{{- end -}}

{{/*
parley.yaml: what the chart takes care of, over what the values say. The binding addresses are the image's; the address
in the cluster is each pod's own and comes by its environment.
*/}}
{{- define "parley.config" -}}
{{- $_ := required "config.postgres.host must be given" .Values.config.postgres.host -}}
{{- $_ := required "config.redis.host must be given" .Values.config.redis.host -}}
{{- $config := deepCopy .Values.config -}}
{{- $secure := ternary "s" "" (ne .Values.ingress.tlsSecret "") -}}
{{- if and .Values.ingress.enabled (not .Values.config.http.publicUrl) -}}
{{- $_ := set $config.http "publicUrl" (printf "http%s://%s" $secure .Values.ingress.host) -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.config.session.publicUrl) -}}
{{- $_ := set $config.session "publicUrl" (printf "ws%s://%s/ws" $secure .Values.ingress.host) -}}
{{- end -}}
{{- $cluster := dict "discovery" "kubernetes" "service" (printf "%s-nodes.%s.svc" (include "parley.fullname" .) .Release.Namespace) "name" (include "parley.fullname" .) "port" 5701 "busPort" 5801 -}}
{{- if .Values.busTls.existing -}}
{{- $cluster = merge $cluster (dict "tlsKey" "/etc/parley/tls/tls.key" "tlsCertificate" "/etc/parley/tls/tls.crt" "tlsAuthorities" "/etc/parley/tls/ca.crt") -}}
{{- end -}}
{{- $own := dict "data" "/data" "http" (dict "port" 8080) "session" (dict "port" 8081) "management" (dict "port" 9090) "auth" (dict "keys" "/etc/parley/keys") "cluster" $cluster -}}
{{- mergeOverwrite $config $own | toYaml -}}
{{- end -}}
