# The options that deploy/up, deploy/down and deploy/test share. Sourced; `checkout` is set; sets `state`, `purge`
# and `rest`, what is left of the arguments; a script that takes no more calls `refuse_rest`.
state=$checkout/.meridian purge=0 rest=()
while (($#)); do
    case $1 in
        --state) : "${2:?--state needs a directory}"; state=$(realpath -m "$2"); shift ;;
        --state=*) state=$(realpath -m "${1#*=}") ;;
        --purge) purge=1 ;;
        -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;;
        *) rest+=("$1") ;;
    esac
    shift
done
refuse_rest() {
    ((!${#rest[@]})) && return
    printf '%s: unknown argument: %s\n' "$0" "${rest[@]}" >&2
    sed -n 's/^# usage/usage/p' "$0" >&2
    exit 2
}
if ((EUID)); then
    echo "$0: must be run as root" >&2
    exit 1
fi
