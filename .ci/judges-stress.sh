#!/usr/bin/env bash
# judges-stress.sh ROUNDS LOOPS: runs the judges that start real servers or processes so many times, with so many busy loops beside them. A judge whose
# verdict depends on how fast the machine is fails here sooner or later.
set -euo pipefail

rounds=$1 loops=$2
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/build/judges
mkdir -p "$out"

cd "$root/test/oracle"
packages=()
for dir in $(git grep -lE '"(go.etcd.io/etcd/server/v3/embed|os/exec)"' -- '*.go' | xargs -n1 dirname | sort -u); do
	if ls "$dir"/*_test.go >/dev/null 2>&1; then
		packages+=("$dir")
		go test -c -o "$out/${dir//\//-}.test" "./$dir"
	fi
done

busy=()
trap 'kill "${busy[@]}"' EXIT
for ((i = 0; i < loops; i++)); do
	(while :; do :; done) &
	busy+=($!)
done

failed=0
for ((round = 1; round <= rounds; round++)); do
	for dir in "${packages[@]}"; do
		name=${dir//\//-}
		log=$out/$name.$round.txt
		began=$SECONDS
		if (cd "$dir" && "$out/$name.test" -test.timeout 30m) >"$log" 2>&1; then
			echo "round $round: $dir passed in $((SECONDS - began)) s"
		else
			failed=$((failed + 1))
			echo "round $round: $dir FAILED after $((SECONDS - began)) s, see $log"
			tail -n 40 "$log"
		fi
	done
done
echo "judges-stress: $rounds rounds of ${packages[*]} beside $loops busy loops, $failed failures"
[ "$failed" -eq 0 ]
