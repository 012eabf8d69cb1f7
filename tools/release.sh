#!/usr/bin/env bash
# Pack and sign a release of this commit: tools/release.sh VERSION [OUT]. See docs/releasing.md; `make bom` comes first.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?which version?} out=${2:-dist}
grep -qx "version = \"$version\"" pyproject.toml || { echo "pyproject.toml names another version"; exit 1; }
git diff --quiet HEAD || { echo "there are changes that are not committed"; exit 1; }
bill="$out/yice-$version.cdx.json"
test -f "$bill" || { echo "no bill of materials: make bom BOM=$bill"; exit 1; }
git archive --prefix="yice-$version/" HEAD | gzip -n > "$out/yice-$version.tar.gz"
(cd "$out" && sha256sum "yice-$version.tar.gz" "yice-$version.cdx.json" > SHA256SUMS)
gpg --batch --yes --armor --detach-sign --output "$out/SHA256SUMS.asc" "$out/SHA256SUMS"
gpg --verify "$out/SHA256SUMS.asc" "$out/SHA256SUMS"
git tag --sign "v$version" --message "Yice $version"
ls -l "$out"
