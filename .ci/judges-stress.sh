#!/usr/bin/env bash
# judges-stress.sh ROUNDS LOOPS: runs the judges that start real servers or processes so many times, with so many busy
# loops beside them. A judge whose verdict depends on how fast the machine is fails here sooner or later.
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

# judge runs one package's tests once.
judge() {
	local round=$1 dir=$2 name=${2//\//-} began=$SECONDS
	local log=$out/$name.$round.txt
	if (cd "$dir" && "$out/$name.test" -test.timeout 60m) >"$log" 2>&1; then
		echo "round $round: $dir passed in $((SECONDS - began)) s"
	else
		echo "round $round: $dir FAILED after $((SECONDS - began)) s, see $log"
		tail -n 40 "$log"
		return 1
	fi
}

passed=0
for ((round = 1; round <= rounds; round++)); do
	running=()
	for dir in "${packages[@]}"; do # beside each other, as go test runs them
		judge "$round" "$dir" &
		running+=($!)
	done
	ok=1
	for pid in "${running[@]}"; do
		wait "$pid" || ok=0
	done
	passed=$((passed + ok))
done
echo "judges-stress: $passed of $rounds rounds passed, of ${packages[*]}, beside $loops busy loops"
[ "$passed" -eq "$rounds" ]
