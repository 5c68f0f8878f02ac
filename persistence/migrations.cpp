#include "persistence/migrations.hpp"

namespace orders::persistence {

namespace {

constexpr const char* orders_and_items = R"sql(
CREATE TABLE IF NOT EXISTS orders (
  id bigint PRIMARY KEY,
  customer_id integer NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  restocked boolean NOT NULL DEFAULT false);
CREATE TABLE IF NOT EXISTS order_items (
  id bigserial PRIMARY KEY,
  product_id integer NOT NULL,
  quantity integer NOT NULL,
  order_id bigint NOT NULL REFERENCES orders (id));
ALTER TABLE orders
  ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS restocked boolean NOT NULL DEFAULT false;
)sql";

// Tables of an older installation: ids become 64 bits wide, statuses free text, times have a zone; nothing
// stands in the way of our inserts. Columns with NULLs in them stay nullable, for there is nothing true to
// fill in; reads give 0.
constexpr const char* take_over = R"sql(
DO $take_over$
DECLARE
  found record;
BEGIN
  FOR found IN SELECT c.conname FROM pg_constraint c JOIN pg_attribute a
      ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
      WHERE c.conrelid = 'orders'::regclass AND c.contype = 'c' AND a.attname = 'status' LOOP
    EXECUTE format('ALTER TABLE orders DROP CONSTRAINT IF EXISTS %I', found.conname);
  END LOOP;
  FOR found IN SELECT a.attrelid::regclass AS of, a.attname, w.wanted FROM pg_attribute a JOIN (VALUES
        ('orders'::regclass, 'id', 'bigint'), ('orders'::regclass, 'status', 'text'),
        ('order_items'::regclass, 'id', 'bigint'), ('order_items'::regclass, 'order_id', 'bigint'))
      AS w (relation, name, wanted) ON a.attrelid = w.relation AND a.attname = w.name
      WHERE format_type(a.atttypid, NULL) <> w.wanted LOOP
    IF found.attname = 'status' THEN
      ALTER TABLE orders ALTER COLUMN status DROP DEFAULT;
    END IF;
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %I::%s', found.of, found.attname, found.wanted,
                   found.attname, found.wanted);
  END LOOP;
  FOR found IN SELECT attname FROM pg_attribute WHERE attrelid = 'orders'::regclass
      AND attname IN ('created_at', 'updated_at') LOOP
    IF (SELECT atttypid <> 'timestamptz'::regtype FROM pg_attribute
        WHERE attrelid = 'orders'::regclass AND attname = found.attname) THEN
      EXECUTE format('ALTER TABLE orders ALTER COLUMN %I DROP DEFAULT', found.attname);
      EXECUTE format('ALTER TABLE orders ALTER COLUMN %I TYPE timestamptz USING %I AT TIME ZONE ''UTC''',
                     found.attname, found.attname);
    END IF;
    EXECUTE format('UPDATE orders SET %I = now() WHERE %I IS NULL', found.attname, found.attname);
    EXECUTE format('ALTER TABLE orders ALTER COLUMN %I SET DEFAULT now(), ALTER COLUMN %I SET NOT NULL',
                   found.attname, found.attname);
  END LOOP;
  UPDATE orders SET status = 'Ordered' WHERE status IS NULL;
  ALTER TABLE orders ALTER COLUMN status SET NOT NULL, ALTER COLUMN id DROP IDENTITY IF EXISTS;
  FOR found IN SELECT attrelid::regclass AS of, attname FROM pg_attribute
      WHERE attrelid IN ('orders'::regclass, 'order_items'::regclass) AND attnum > 0 AND NOT attisdropped
      AND attnotnull AND NOT atthasdef AND attidentity = '' AND attname NOT IN
      ('id', 'customer_id', 'status', 'created_at', 'updated_at', 'restocked', 'product_id', 'quantity', 'order_id')
      LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', found.of, found.attname);
  END LOOP;
  FOR found IN SELECT * FROM (VALUES ('orders', 'customer_id'), ('order_items', 'order_id'),
      ('order_items', 'product_id'), ('order_items', 'quantity')) AS w (relation, attname) LOOP
    BEGIN
      EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET NOT NULL', found.relation, found.attname);
    EXCEPTION WHEN not_null_violation THEN
      RAISE NOTICE 'column % of % has NULLs and keeps them', found.attname, found.relation;
    END;
  END LOOP;
END $take_over$;
)sql";

// Item ids must come from a 64-bit sequence that is past every id in use.
constexpr const char* item_ids = R"sql(
DO $item_ids$
DECLARE
  ids text;
BEGIN
  ids = pg_get_serial_sequence('order_items', 'id');
  IF ids IS NULL AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'order_items'::regclass AND attname = 'id'
                             AND atthasdef) THEN
    SELECT d.refobjid::regclass::text INTO ids FROM pg_depend d JOIN pg_attrdef f
      ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid JOIN pg_class s
      ON d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid AND s.relkind = 'S'
      WHERE f.adrelid = 'order_items'::regclass;
  END IF;
  IF ids IS NULL THEN
    CREATE SEQUENCE order_item_ids OWNED BY order_items.id;
    ALTER TABLE order_items ALTER COLUMN id SET DEFAULT nextval('order_item_ids');
    ids = 'order_item_ids';
  END IF;
  IF (SELECT seqtypid <> 'bigint'::regtype FROM pg_sequence WHERE seqrelid = ids::regclass) THEN
    EXECUTE format('ALTER SEQUENCE %s AS bigint', ids);
  END IF;
  PERFORM setval(ids::regclass, greatest(nextval(ids::regclass), (SELECT max(id) + 1 FROM order_items)), false);
END $item_ids$;
CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer_id, id);
CREATE INDEX IF NOT EXISTS orders_by_status ON orders (status, id);
CREATE INDEX IF NOT EXISTS order_items_by_order ON order_items (order_id);
)sql";

// A row rather than a sequence: the operator may change the size of a block at any time, also in one of
// several instances, and a sequence's step belongs to all of them.
constexpr const char* numbering = R"sql(
CREATE TABLE order_id_blocks (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  next_id bigint NOT NULL);
INSERT INTO order_id_blocks (next_id)
  SELECT greatest(10000000001, (SELECT max(id) + 1 FROM orders));
CREATE SEQUENCE instance_epochs AS integer;
CREATE TABLE writable_check (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  checked_at timestamptz NOT NULL);
)sql";

// Rows of product_stock are updated all the time: room in their pages keeps the indexes out of it.
constexpr const char* stock = R"sql(
CREATE TABLE product_stock (
  product_id integer PRIMARY KEY,
  seq bigint NOT NULL,
  quantity integer NOT NULL,
  state text NOT NULL CHECK (state IN ('applied', 'intended')),
  name text NOT NULL,
  price bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE stock_movements (
  product_id integer NOT NULL,
  seq bigint NOT NULL,
  before integer NOT NULL,
  after integer NOT NULL,
  state text NOT NULL CHECK (state IN ('applied', 'intended')),
  doubt_until timestamptz,
  kind text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (product_id, seq));
CREATE INDEX stock_movements_intended ON stock_movements (product_id) WHERE state = 'intended';
CREATE INDEX stock_movements_doubted ON stock_movements (product_id, doubt_until) WHERE doubt_until IS NOT NULL;
CREATE TABLE reservations (
  order_id bigint NOT NULL,
  product_id integer NOT NULL,
  attempt integer NOT NULL,
  quantity integer NOT NULL,
  owner_epoch bigint NOT NULL,
  seq bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'sold', 'owed', 'released')),
  PRIMARY KEY (order_id, product_id, attempt));
CREATE INDEX reservations_held ON reservations (product_id) WHERE state = 'held';
CREATE INDEX reservations_owed ON reservations (product_id) WHERE state = 'owed';
CREATE TABLE cart_closings (
  cart_id bigint PRIMARY KEY,
  customer_id integer NOT NULL,
  order_id bigint NOT NULL,
  closed boolean NOT NULL DEFAULT false,
  ordered_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX cart_closings_open ON cart_closings (ordered_at, cart_id) WHERE NOT closed;
)sql";

// Answers kept under Idempotency-Keys. Of an order only its id is needed: what was answered then is what it
// began with.
constexpr const char* idempotency = R"sql(
CREATE TABLE idempotency (
  customer_id integer NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint bytea NOT NULL,
  order_id bigint,
  refusal text,
  detail text NOT NULL,
  shortages text NOT NULL,
  told_in text NOT NULL,
  answered_at timestamptz NOT NULL,
  CHECK ((order_id IS NULL) <> (refusal IS NULL)),
  PRIMARY KEY (customer_id, key));
CREATE INDEX idempotency_by_age ON idempotency (answered_at);
)sql";

// Which instance marks a cart as ordered; 0 is nobody.
constexpr const char* cart_owners = R"sql(
ALTER TABLE cart_closings ADD COLUMN owner_epoch bigint NOT NULL DEFAULT 0;
)sql";

// When a product in doubt is compared with the catalog next (rule R5); none: nothing is in doubt.
constexpr const char* audits_of_doubt = R"sql(
ALTER TABLE product_stock ADD COLUMN next_audit timestamptz;
UPDATE product_stock p SET next_audit = now()
  WHERE EXISTS (SELECT FROM stock_movements m WHERE m.product_id = p.product_id AND m.doubt_until IS NOT NULL);
CREATE INDEX product_stock_next_audit ON product_stock (next_audit) WHERE next_audit IS NOT NULL;
)sql";

// What the movements that are not kept any more came to (rule R16): how far they went, what there was before
// the first, what the last left, and what somebody else added in between. The audit goes on from there.
constexpr const char* pruned = R"sql(
ALTER TABLE product_stock
  ADD COLUMN pruned_to bigint NOT NULL DEFAULT 0,
  ADD COLUMN pruned_opening integer,
  ADD COLUMN pruned_after integer,
  ADD COLUMN pruned_foreign bigint NOT NULL DEFAULT 0;
CREATE INDEX reservations_released ON reservations (order_id) WHERE state = 'released';
)sql";

// A cart is known by its customer, too: the numbers of carts begin anew with the cart service's database.
constexpr const char* carts_of_customers = R"sql(
ALTER TABLE cart_closings DROP CONSTRAINT cart_closings_pkey, ADD PRIMARY KEY (cart_id, customer_id);
)sql";

// Whether a movement's PUT carried If-Match, and what the catalog showed where that was not `before`: a late
// write of ours, or somebody else's edit while movements were not settled (rule R5).
constexpr const char* versions = R"sql(
ALTER TABLE stock_movements
  ADD COLUMN conditional boolean NOT NULL DEFAULT false,
  ADD COLUMN shown integer;
)sql";

}  // namespace

const std::vector<std::vector<const char*>>& migrations() {
  static const std::vector<std::vector<const char*>> all{
      {orders_and_items, take_over, item_ids, numbering, stock},
      {idempotency},
      {cart_owners},
      {audits_of_doubt},
      {pruned},
      {carts_of_customers},
      {versions}};
  return all;
}

}  // namespace orders::persistence
