# The options that deploy/up, deploy/down and deploy/test share. Sourced; `checkout` is set; sets `state`, `purge`
# and `rest`, what is left of the arguments.
state=$checkout/.meridian purge=0 rest=()
while (($#)); do
    case $1 in
        --state) state=$(realpath -m "$2"); shift ;;
        --state=*) state=$(realpath -m "${1#*=}") ;;
        --purge) purge=1 ;;
        -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;;
        *) rest+=("$1") ;;
    esac
    shift
done
if ((EUID)); then
    echo "$0: must be run as root" >&2
    exit 1
fi
