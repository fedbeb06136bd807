# shellcheck shell=bash
# Four kinds of machine on which the README's two commands must work. Each
# function runs the command line given to it, in the current folder.
#
# The script that reads this names a folder of its own in "folder".

: "${folder:?}"
plain_user=mynah-ci-$$
plain_home=$folder/home
few_programs=$folder/bin

# The machine as it is.
as_it_is() {
  "$@"
}

# A user without any rights, who is made for this and has a home of its own.
as_plain_user() {
  env HOME="$plain_home" USER="$plain_user" LOGNAME="$plain_user" \
    DENO_DIR="$plain_home/deno" npm_config_cache="$plain_home/npm" \
    setpriv --reuid="$plain_user" --regid="$plain_user" --init-groups "$@"
}

# A network that has IPv4 on loopback and nothing else: no IPv6, no name server.
without_network() {
  # shellcheck disable=SC2016 # Expanded by the inner shell.
  env DENO_DIR="$folder/deno_without_network" unshare --net --mount sh -e -c '
    ip link set lo up
    for interface in all default lo; do
      file=/proc/sys/net/ipv6/conf/$interface/disable_ipv6
      if [ -e "$file" ]; then echo 1 > "$file"; fi
    done
    mount --bind /dev/null /etc/resolv.conf
    exec "$@"' sh "$@"
}

# No programs but Node, git and coreutils, and the shell that npx starts.
with_few_programs() {
  env PATH="$few_programs" "$@"
}

# Makes what the ways need. The caches are filled by then, and need no network.
prepare_ways() {
  local program path
  chmod 755 "$folder"
  mkdir "$few_programs"
  for program in node npm npx git sh; do
    path=$(readlink -f "$(command -v "$program")") &&
      ln -s "$path" "$few_programs/$program" || return
  done
  dpkg --listfiles coreutils | grep -E '^(/usr)?/bin/' |
    xargs ln -s --target-directory="$few_programs" || return

  useradd --create-home --home-dir "$plain_home" "$plain_user" || return
  cp -r "$(npm config get cache)" "$plain_home/npm" &&
    cp -r "$DENO_DIR" "$plain_home/deno" &&
    cp -r "$DENO_DIR" "$folder/deno_without_network" &&
    chown -R "$plain_user:" "$plain_home"
}

# Undoes what prepare_ways did outside of the folder.
clean_up_ways() {
  if id "$plain_user" > /dev/null 2>&1; then userdel "$plain_user"; fi
}
