-- What a script does: objects with methods, closures, tables as arrays and as maps, strings,
-- numbers. Every part prints a line.
local seed = 42
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % n
end

-- Objects: accounts of two kinds that send each other money.
local Account = {}
Account.__index = Account
function Account.new(owner, balance) return setmetatable({owner = owner, balance = balance, log = {}}, Account) end
function Account:limit() return 0 end
function Account:pay(other, amount)
  if self.balance - amount < self:limit() then return false end
  self.balance = self.balance - amount
  other.balance = other.balance + amount
  self.log[#self.log + 1] = amount
  return true
end
local Credit = setmetatable({}, {__index = Account})
Credit.__index = Credit
function Credit.new(owner, balance) return setmetatable(Account.new(owner, balance), Credit) end
function Credit:limit() return -500 end

local function accounts(rounds)
  local all, refused = {}, 0
  for i = 1, 50 do all[i] = (i % 3 == 0 and Credit or Account).new("owner" .. i, 1000) end
  for _ = 1, rounds do
    if not all[random(50) + 1]:pay(all[random(50) + 1], random(200)) then refused = refused + 1 end
  end
  local sum, paid = 0, 0
  for _, a in ipairs(all) do
    sum = sum + a.balance
    for _, amount in ipairs(a.log) do paid = paid + amount end
  end
  return sum, paid, refused
end

-- Backtracking: queens on a board.
local function queens(n)
  local columns, up, down, found = {}, {}, {}, 0
  local function place(row)
    if row > n then
      found = found + 1
      return
    end
    for c = 1, n do
      if not columns[c] and not up[row + c] and not down[row - c + n] then
        columns[c], up[row + c], down[row - c + n] = true, true, true
        place(row + 1)
        columns[c], up[row + c], down[row - c + n] = false, false, false
      end
    end
  end
  place(1)
  return found
end

-- Words: made, counted, sorted, joined.
local function words(n)
  local parts, counts, order = {}, {}, {}
  for i = 1, n do
    local w = {}
    for j = 1, 1 + random(2) do w[j] = string.char(97 + random(12)) end
    parts[i] = table.concat(w)
  end
  local text = table.concat(parts, " ")
  for w in text:gmatch("%a+") do counts[w] = (counts[w] or 0) + 1 end
  for w in pairs(counts) do order[#order + 1] = w end
  table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  return #text, #order, order[1], counts[order[1]], (text:gsub("a", "A")):upper():byte(100)
end

-- Numbers: a matrix product in floats, primes in integers.
local function numbers(n)
  local a, b, sum = {}, {}, 0.0
  for i = 1, n do
    a[i], b[i] = {}, {}
    for j = 1, n do a[i][j], b[i][j] = (i * j % 7) + 0.5, (i + j) % 5 end
  end
  for i = 1, n do
    local row = a[i]
    for j = 1, n do
      local dot = 0.0
      for k = 1, n do dot = dot + row[k] * b[k][j] end
      sum = sum + dot
    end
  end
  local primes, composite = 0, {}
  for i = 2, n * 300 do
    if not composite[i] then
      primes = primes + 1
      for j = i * i, n * 300, i do composite[j] = true end
    end
  end
  return sum, primes
end

-- Functions that make functions.
local function compose(n)
  local f = function(x) return x + 1 end
  for i = 1, 20 do
    local g, by = f, i
    f = function(x) return g(x) * by % 1009 + 1 end
  end
  local sum = 0
  for i = 1, n do sum = sum + f(i) end
  return sum
end

print("accounts", accounts(60000))
print("queens", queens(8))
print("words", words(20000))
print("numbers", numbers(60))
print("compose", compose(8000))
