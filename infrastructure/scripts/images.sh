#!/usr/bin/env bash
# One image of the product, on its way to a registry: images.sh build|push|sign|verify
#   SERVICE       the folder with its Dockerfile: api-gateway, …, frontend
#   IMAGE_PREFIX  registry and path before the image's name (fiapx); IMAGE_TAG (dev)
#   SBOM          for `sign`: a CycloneDX file that is attested besides; SIGNER, for `verify`: who may have signed
# Push, sign and verify speak of the digest, never of the tag: `push` writes it to dist/SERVICE.digest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

die() { printf 'fiapx: %s\n' "$*" >&2; exit 1; }

service="${SERVICE:-}"
[[ -n "$service" && -f "$service/Dockerfile" ]] || die "say which image: make image SERVICE=api-gateway"
prefix="${IMAGE_PREFIX:-fiapx}"
name="${prefix,,}/$service"
image="$name:${IMAGE_TAG:-dev}"
digest_file="dist/$service.digest"
issuer=https://token.actions.githubusercontent.com

digest() {
  [[ -s "$digest_file" ]] || die "$digest_file is missing: push the image first"
  printf '%s@%s' "$name" "$(<"$digest_file")"
}

case "${1:-}" in
  build)
    docker build --file "$service/Dockerfile" --tag "$image" \
      --label "org.opencontainers.image.title=$service" \
      --label "org.opencontainers.image.revision=$(git rev-parse HEAD)" \
      --label "org.opencontainers.image.version=${IMAGE_TAG:-dev}" .
    ;;
  push)
    docker push "$image"
    mkdir -p dist
    docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" |
      sed -n "s|^$name@||p" | head -n 1 >"$digest_file"
    digest
    echo
    ;;
  sign)
    pushed="$(digest)"
    cosign sign --yes "$pushed"
    if [[ -n "${SBOM:-}" ]]; then cosign attest --yes --type cyclonedx --predicate "$SBOM" "$pushed"; fi
    ;;
  verify)
    cosign verify --certificate-oidc-issuer "$issuer" --certificate-identity-regexp "${SIGNER:?who may have signed}" \
      "$image" >/dev/null
    echo "$image is signed by $SIGNER"
    ;;
  *) die "images.sh build, push, sign or verify" ;;
esac
