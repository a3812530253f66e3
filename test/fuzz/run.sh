#!/bin/sh
# Feeds each parser with broken input for a while.
#
#   test/fuzz/run.sh [SECONDS [NAME ...]]    10 seconds, every target
#
# Each target starts from its corpus; what it finds on the way is forgotten.
# A target has a core of its own, so as many run at a time as there are.
# An input that breaks something is kept in build-fuzz/crashes.
set -eu
cd "$(dirname "$0")/../.."

seconds=${1:-10}
[ $# -eq 0 ] || shift
folder=build-fuzz
crashes=$folder/crashes
cores=$(nproc)
free=$cores
started=
failed=0

build() {
    if [ ! -f $folder/build.ninja ]; then
        CC=clang CXX=clang++ meson setup $folder -Dfuzz=true \
            -Db_sanitize=address,undefined -Db_lundef=false \
            -Dc_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=all' \
            -Dcpp_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=all'
    fi
    for name; do
        echo "test/fuzz/fuzz_$name"
    done | xargs ninja -C $folder
}

# Prints one line for a target; what it said stays in build-fuzz/NAME.log.
run() {
    scratch=$(mktemp -d)
    status=0
    $folder/test/fuzz/fuzz_"$1" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix=$crashes/"$1"- "$scratch" \
        $(ls -d test/fuzz/corpus/"$1" 2>/dev/null) \
        >$folder/"$1".log 2>&1 || status=$?
    rm -rf "$scratch"
    if [ $status -eq 0 ]; then
        sed -n "s/^stat::number_of_executed_units: */ok fuzz $1 /p" \
            $folder/"$1".log
        return 0
    fi
    input=$(sed -n 's/.*Test unit written to //p' $folder/"$1".log)
    echo "not ok fuzz $1 ${input:-see $folder/$1.log}"
    return 1
}

# Until those that were started are through.
finish() {
    for pid in $started; do
        wait "$pid" || failed=1
    done
    started=
    free=$cores
}

if [ $# -eq 0 ]; then
    set -- $(ls test/fuzz/fuzz_*.c | sed 's/.*fuzz_//; s/\.c$//')
fi
mkdir -p $folder
if ! build "$@" >$folder/build.log 2>&1; then
    tail -n 20 $folder/build.log
    echo "not ok fuzz: cannot be built, see $folder/build.log"
    exit 1
fi
mkdir -p $crashes
for name; do
    run "$name" &
    started="$started $!"
    free=$((free - 1))
    [ $free -gt 0 ] || finish
done
finish
exit $failed
